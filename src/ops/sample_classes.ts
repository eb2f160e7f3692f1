import * as tf from '@tensorflow/tfjs';
import { statelessUniform } from './stateless_uniform';

/**
 * Draws a class for each row with the probability that a softmax gives it, temperature 1.
 *
 * A uniform number is looked for in the running sums of the probabilities, which takes one number for a row, where
 * adding noise to the logits would take one for each class. Sums are single precision: what is less likely than some
 * 1e-7 may never come up.
 *
 * @param logits `[N, C]`.
 * @param seed a 32-bit integer; the same seed draws the same classes on every backend, but for rounding.
 * @returns int32 `[N]`. No gradient flows through it.
 */
export function sampleClasses(logits: tf.Tensor2D, seed: number): tf.Tensor1D {
  return tf.tidy(() => {
    const [rows, classes] = logits.shape;
    const sums = tf.cumsum(tf.softmax(logits), 1);
    // Rounded, the last sum is not 1. A number below 1 times it is below it, so that some class is always found.
    const last = tf.slice(sums, [0, classes - 1], [rows, 1]);
    const limits = tf.mul(statelessUniform([rows, 1], seed), last);
    return tf.cast(tf.sum(tf.cast(tf.lessEqual(sums, limits), 'float32'), 1), 'int32') as tf.Tensor1D;
  });
}
