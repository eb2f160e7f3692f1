import type * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';
import { plainMatMul } from './plain_mat_mul';

/**
 * Products of matrices pair by pair: `[..., M, K] × [..., K, N]`, leading axes equal (nothing is broadcast).
 *
 * Own op for the sake of the wasm backend, see `plainMatMul`.
 *
 * @param a `[..., M, K]`.
 * @param b `[..., K, N]`.
 * @returns `[..., M, N]`.
 */
export function batchMatMul(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return withGradient<tf.Tensor>(
    [a, b],
    () => ({ value: plainMatMul(a, b), saved: [a, b] }),
    (dy, [savedA, savedB]) => [plainMatMul(dy, savedB!, { b: true }), plainMatMul(savedA!, dy, { a: true })],
  );
}
