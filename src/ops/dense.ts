import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';
import { plainMatMul } from './plain_mat_mul';

/**
 * `x · kernel + bias` over the last axis.
 *
 * The product goes through rank 2: tfjs multiplies `[B,S,K] × [K,N]` by copying the kernel for every batch row, and
 * its gradient for the broadcast kernel has the wrong shape (tensorflow/tfjs#8721).
 *
 * @param x `[..., K]`.
 * @param kernel `[K, N]`.
 * @param bias `[N]`, optional.
 * @returns `[..., N]`.
 */
export function dense(x: tf.Tensor, kernel: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor {
  const [inputSize, units] = kernel.shape;
  return withGradient(
    bias === undefined ? [x, kernel] : [x, kernel, bias],
    () => {
      const rows = tf.reshape(x, [-1, inputSize]) as tf.Tensor2D;
      const product = tf.fused.matMul({ a: rows, b: kernel, ...(bias && { bias }) });
      return { value: tf.reshape(product, [...x.shape.slice(0, -1), units]), saved: [rows, kernel] };
    },
    (dy, [rows, savedKernel]) => {
      const dProduct = tf.reshape(dy, [-1, units]) as tf.Tensor2D;
      const dRows = plainMatMul(dProduct, savedKernel!, { b: true });
      const dKernel = plainMatMul(rows!, dProduct, { a: true });
      return [tf.reshape(dRows, x.shape), dKernel, ...(bias === undefined ? [] : [tf.sum(dProduct, 0)])];
    },
  );
}
