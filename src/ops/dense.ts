import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';
import { plainMatMul } from './plain_mat_mul';

/**
 * `x · kernel + bias` over the last axis.
 *
 * The product goes through rank 2: tfjs multiplies `[B,S,K] × [K,N]` by copying the kernel for every batch row, and
 * its gradient for the broadcast kernel has the wrong shape (tensorflow/tfjs#8721).
 *
 * A kernel and bias that are not trained (variables, `trainable` false) get no gradient, and nothing is kept for one.
 *
 * @param x `[..., K]`.
 * @param kernel `[K, N]`.
 * @param bias `[N]`, optional.
 * @returns `[..., N]`.
 */
export function dense(x: tf.Tensor, kernel: tf.Tensor2D, bias?: tf.Tensor1D): tf.Tensor {
  const [inputSize, units] = kernel.shape;
  const weights = bias === undefined ? [kernel] : [kernel, bias];
  const isTrained = weights.some((weight) => !(weight instanceof tf.Variable) || weight.trainable);
  return withGradient(
    isTrained ? [x, ...weights] : [x],
    () => {
      const rows = tf.reshape(x, [-1, inputSize]) as tf.Tensor2D;
      const product = tf.fused.matMul({ a: rows, b: kernel, ...(bias && { bias }) });
      const value = tf.reshape(product, [...x.shape.slice(0, -1), units]);
      return { value, saved: isTrained ? [kernel, rows] : [kernel] };
    },
    (dy, [savedKernel, rows]) => {
      const dProduct = tf.reshape(dy, [-1, units]) as tf.Tensor2D;
      const dx = tf.reshape(plainMatMul(dProduct, savedKernel!, { b: true }), x.shape);
      if (rows === undefined) return [dx];
      const dKernel = plainMatMul(rows, dProduct, { a: true });
      return [dx, dKernel, ...(bias === undefined ? [] : [tf.sum(dProduct, 0)])];
    },
  );
}
