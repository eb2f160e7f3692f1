import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * `x · kernel + bias` over the last axis.
 *
 * The product goes through rank 2: tfjs multiplies `[B,S,K] × [K,N]` by copying the kernel for every batch row, and
 * its gradient for the broadcast kernel has the wrong shape (tensorflow/tfjs#8721). The gradient transposes its
 * operands before it multiplies them: the wasm backend takes ten times as long to multiply a transposed operand
 * (XNNPACK serves plain products only).
 *
 * @param x `[..., K]`.
 * @param kernel `[K, N]`.
 * @param bias `[N]`, optional.
 * @returns `[..., N]`.
 */
export function dense(x: tf.Tensor, kernel: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor {
  const [inputSize, units] = kernel.shape;
  return tf.tidy(() => {
    const rows = tf.reshape(x, [-1, inputSize]) as tf.Tensor2D;
    const product = withGradient<tf.Tensor2D>(
      bias === undefined ? [rows, kernel] : [rows, kernel, bias],
      () => ({
        value: tf.fused.matMul({ a: rows, b: kernel, ...(bias && { bias }) }) as tf.Tensor2D,
        saved: [rows, kernel],
      }),
      (dy, [savedRows, savedKernel]) => {
        const dRows = tf.matMul(dy, tf.transpose(savedKernel as tf.Tensor2D));
        const dKernel = tf.matMul(tf.transpose(savedRows as tf.Tensor2D), dy);
        return bias === undefined ? [dRows, dKernel] : [dRows, dKernel, tf.sum(dy, 0)];
      },
    );
    return tf.reshape(product, [...x.shape.slice(0, -1), units]);
  });
}
