import * as tf from '@tensorflow/tfjs';

/**
 * The most bytes that tensors take at a time while a function runs, beside those that were there before.
 *
 * Counted after every kernel as tfjs counts: each tensor by its size, two that share one buffer twice. The tensors that
 * the function returns are disposed.
 */
export async function peakBytes(run: () => tf.TensorContainer): Promise<number> {
  const before = tf.memory().numBytes;
  const { peakBytes: peak, result } = await tf.profile(run);
  tf.dispose(result);
  return peak - before;
}
