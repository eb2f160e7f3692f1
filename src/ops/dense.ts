import * as tf from '@tensorflow/tfjs';

/**
 * `x · kernel + bias` over the last axis.
 *
 * The product goes through rank 2: tfjs multiplies `[B,S,K] × [K,N]` by copying the kernel for every batch row, and
 * its gradient for the broadcast kernel has the wrong shape (tensorflow/tfjs#8721).
 *
 * @param x `[..., K]`.
 * @param kernel `[K, N]`, or `[N, K]` when `transposed`.
 * @param bias `[N]`, optional.
 * @returns `[..., N]`.
 */
export function dense(
  x: tf.Tensor,
  kernel: tf.Tensor2D,
  bias?: tf.Tensor1D,
  { transposed = false }: { transposed?: boolean } = {},
): tf.Tensor {
  const [inputSize, units] = transposed ? [kernel.shape[1], kernel.shape[0]] : kernel.shape;
  return tf.tidy(() => {
    const rows = tf.reshape(x, [-1, inputSize]) as tf.Tensor2D;
    const withBias = bias === undefined ? {} : { bias };
    const product = tf.fused.matMul({ a: rows, b: kernel, transposeB: transposed, ...withBias });
    return tf.reshape(product, [...x.shape.slice(0, -1), units]);
  });
}
