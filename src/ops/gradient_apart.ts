import * as tf from '@tensorflow/tfjs';
import { releasingTape } from './releasing_tape';

/**
 * The gradient of a function by its input, taken apart from any gradient under way.
 *
 * `tf.grad` within another gradient writes all that it does on the tape of the outer one, backward pass included, and so
 * keeps it to the end. Here nothing is: what comes back is a constant to the outer gradient.
 *
 * @param f gives a scalar.
 * @returns same shape as `x`.
 *
 * @example
 * const loss = () => tf.sum(tf.mul(weight, gradientApart((x) => tf.sum(tf.square(x)), start))); // no gradient by start
 */
export function gradientApart(f: (x: tf.Tensor) => tf.Scalar, x: tf.Tensor): tf.Tensor {
  const { state } = tf.engine();
  const { activeTape, gradientDepth } = state;
  Object.assign(state, { activeTape: [], gradientDepth: 0 });
  try {
    return releasingTape(() => tf.tidy(() => tf.grad(f)(x)));
  } finally {
    Object.assign(state, { activeTape, gradientDepth });
  }
}
