import * as tf from '@tensorflow/tfjs';

/**
 * Euclidean norm of all values of all tensors together.
 *
 * @returns a scalar; 0 for no tensors.
 */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  if (tensors.length === 0) return tf.scalar(0);
  const sumOfSquares = (tensor: tf.Tensor) => tf.tidy(() => tf.sum(tf.square(tensor)));
  return tf.tidy(() => tf.sqrt(tf.addN(tensors.map(sumOfSquares))) as tf.Scalar);
}
