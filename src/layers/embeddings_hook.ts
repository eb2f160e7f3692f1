import type * as tf from '@tensorflow/tfjs';

/**
 * Stands between the sum of embeddings and their layer normalization, for training that perturbs the input.
 *
 * @example
 * const noisy: EmbeddingsHook = {
 *   replace: (sum) => tf.tidy(() => {
 *     const embedded = sum();
 *     return tf.add(embedded, tf.randomNormal(embedded.shape, 0, 0.01));
 *   }),
 *   isDifferentiated: false,
 * };
 * const { logits } = model.forward(inputs, { training: true, embeddingsHook: noisy });
 */
export interface EmbeddingsHook {
  /**
   * Gives what is normalized in place of the sum, `[B, S, H]`.
   *
   * @param sum computes the sum of word, position and token-type embeddings, `[B, S, H]`; not calling it saves the time.
   */
  replace(sum: () => tf.Tensor): tf.Tensor;
  /** Whether somebody asks for a gradient by what it gives: parts that are frozen then keep what that needs. */
  readonly isDifferentiated: boolean;
}
