import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * Products of matrices pair by pair: `[..., M, K] × [..., K, N]`, leading axes equal (nothing is broadcast).
 *
 * Own op for the sake of the wasm backend, which hands a single product to XNNPACK but computes a batch of them, or
 * one with a transposed operand, by a plain loop, ten times slower: there the matrices are multiplied one by one, and
 * the gradient transposes its operands first.
 *
 * @param a `[..., M, K]`.
 * @param b `[..., K, N]`.
 * @returns `[..., M, N]`.
 */
export function batchMatMul(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return withGradient<tf.Tensor>(
    [a, b],
    () => ({ value: multiply(a, b), saved: [a, b] }),
    (dy, [savedA, savedB]) => [multiply(dy, transposed(savedB!)), multiply(transposed(savedA!), dy)],
  );
}

function multiply(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b);
  const matrices = (tensor: tf.Tensor) =>
    tf.unstack(tf.reshape(tensor, [-1, ...tensor.shape.slice(-2)])) as tf.Tensor2D[];
  const right = matrices(b);
  const products = matrices(a).map((left, index) => tf.matMul(left, right[index]!));
  return tf.reshape(tf.stack(products), [...a.shape.slice(0, -1), b.shape.at(-1)!]);
}

function transposed(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
