import * as tf from '@tensorflow/tfjs';
import { statelessUniform } from './stateless_uniform';

/**
 * Numbers of the standard normal distribution from a seed: the same on every backend, but for rounding.
 *
 * Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958), from two {@link statelessUniform} numbers
 * each: `sqrt(−2 · log(1 − u)) · sin(2π · v)`. None is beyond 5.7, since `u` has 23 bits.
 *
 * @param seed a 32-bit integer.
 *
 * @example
 * const noise = statelessNormal([2, 3], 7);
 */
export function statelessNormal(shape: readonly number[], seed: number): tf.Tensor {
  return tf.tidy(() => {
    const [u, v] = tf.unstack(statelessUniform([2, ...shape], seed)) as [tf.Tensor, tf.Tensor];
    // The logarithm never sees 0: u is below 1.
    const radius = tf.sqrt(tf.mul(tf.log(tf.sub(1, u)), -2));
    return tf.mul(radius, tf.sin(tf.mul(v, 2 * Math.PI)));
  });
}
