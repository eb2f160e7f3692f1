import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from '../kernels/fused_kernel';

/**
 * Euclidean norm of all values of all tensors together.
 *
 * @returns a scalar; 0 for no tensors.
 */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (tensors.length === 0) return tf.scalar(0);
  const sumOfSquares = (x: tf.Tensor) =>
    tf.tidy(() => fusedKernel('DebertaSumOfSquares')?.({ x })[0] ?? tf.sum(tf.square(x)));
  return tf.tidy(() => tf.sqrt(tf.addN(tensors.map(sumOfSquares))) as tf.Scalar);
}
