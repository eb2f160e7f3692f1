import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * Gaussian error linear unit, exact form: `x · Φ(x)` with the normal distribution function Φ by erf.
 *
 * Own op because the automatic gradient keeps five tensors where one suffices.
 *
 * @param x any shape.
 * @returns same shape.
 *
 * @example
 * gelu(tf.tensor1d([-1, 0, 1])); // [-0.158655, 0, 0.841345]
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return withGradient<T>(
    [x],
    () => ({ value: tf.mul(x, normalDistribution(x)) as T, saved: [x] }),
    (dy, [input]) => {
      const density = tf.mul(tf.exp(tf.mul(tf.square(input!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [tf.mul(dy, tf.add(normalDistribution(input!), tf.mul(input!, density)))];
    },
  );
}

/** Φ(x) = (1 + erf(x / √2)) / 2. */
function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}
