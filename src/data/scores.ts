/** Softmax of a row of logits. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Indices of the `count` highest scores, the highest first. */
export function highest(scores: ArrayLike<number>, count: number): number[] {
  const indices = Array.from({ length: scores.length }, (_, index) => index);
  return indices.sort((a, b) => scores[b]! - scores[a]!).slice(0, count);
}

/** `1 / (1 + exp(-x))`. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
