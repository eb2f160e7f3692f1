import * as tf from '@tensorflow/tfjs';
import { hasFusedKernels } from '../kernels/fused_kernel';

/** Which operands of {@link plainMatMul} are given as their transposes. */
export interface Transposed {
  readonly a?: boolean;
  readonly b?: boolean;
}

/**
 * Products of matrices pair by pair, `[..., M, K] × [..., K, N]`, leading axes equal (nothing is broadcast), without a
 * gradient: for use inside of operations that have their own.
 *
 * Own op for the sake of the wasm backend, which hands a single product to XNNPACK but computes a batch of them, or one
 * with a transposed operand, by a plain loop, ten times slower: there operands are transposed first, and the matrices
 * multiplied one by one. Elsewhere, and with this package's kernels, a transposed operand is read as it lies.
 *
 * @param a `[..., M, K]`, or `[..., K, M]` where it is its transpose.
 * @param b `[..., K, N]`, or `[..., N, K]`.
 * @returns `[..., M, N]`.
 */
export function plainMatMul(a: tf.Tensor, b: tf.Tensor, transposed: Transposed = {}): tf.Tensor {
  if (tf.getBackend() !== 'wasm' || hasFusedKernels()) return tf.matMul(a, b, transposed.a, transposed.b);
  return tf.tidy(() => multiplySingly(transposed.a ? transpose(a) : a, transposed.b ? transpose(b) : b));
}

function multiplySingly(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.rank === 2) return tf.matMul(a, b);
  const matrices = (tensor: tf.Tensor) =>
    tf.unstack(tf.reshape(tensor, [-1, ...tensor.shape.slice(-2)])) as tf.Tensor2D[];
  const right = matrices(b);
  const products = matrices(a).map((left, index) => tf.matMul(left, right[index]!));
  return tf.reshape(tf.stack(products), [...a.shape.slice(0, -1), b.shape.at(-1)!]);
}

function transpose(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
