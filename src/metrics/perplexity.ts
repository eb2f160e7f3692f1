/**
 * Perplexity of a language model: `e` to the power of its mean loss.
 *
 * @param meanLoss mean cross-entropy of the predicted tokens, in nats. The mean is over tokens: batches count by how
 *   many tokens they predict.
 * @returns at least 1; Infinity for a loss above 709, NaN for a loss that is NaN.
 *
 * @example
 * perplexity(Math.log(8)); // 8: as unsure as between eight equally likely tokens
 */
export function perplexity(meanLoss: number): number {
  return Math.exp(meanLoss);
}
