import * as tf from '@tensorflow/tfjs';
import { RandomStream } from './random_stream';

/**
 * Inverted dropout: each value becomes 0 with probability `rate`, the others are divided by `1 − rate`.
 *
 * The same seed gives the same mask for a shape, on every backend.
 *
 * @param x any shape.
 * @param rate at least 0 and below 1; 0 gives a copy of `x`.
 * @param seed a 32-bit integer.
 * @returns same shape as `x`.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: number): T {
  if (rate === 0) return tf.clone(x);
  return tf.tidy(() => {
    const random = new RandomStream(seed);
    const kept = 1 / (1 - rate);
    const mask = new Float32Array(x.size);
    for (let i = 0; i < mask.length; i++) mask[i] = random.next() < rate ? 0 : kept;
    return tf.mul(x, tf.tensor(mask, x.shape, 'float32')) as T;
  });
}
