import type * as tf from '@tensorflow/tfjs';

/** What an executor computes on; int32. */
export interface InferenceInputs {
  /** `[B, S]`. */
  readonly inputIds: tf.Tensor2D;
  /** `[B, S]` for tokens, or which queries see which keys, `[B, 1, S or 1, S]`; without one every token is real. */
  readonly attentionMask?: tf.Tensor;
  /** `[B, S]`; zeros by default. */
  readonly tokenTypeIds?: tf.Tensor2D;
  /** Rows of `[B · S]` that the head is computed for, where the program can choose; all by default. */
  readonly rows?: tf.Tensor1D;
}
