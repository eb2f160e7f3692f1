/** As many digits as float32 has: the rest would be noise in the output. */
export function rounded(score: number): number {
  return Number(score.toPrecision(6));
}
