/** `1 / (1 + exp(-x))`. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** As many digits as float32 has: the rest would be noise in the output. */
export function rounded(score: number): number {
  return Number(score.toPrecision(6));
}
