import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * A tensor times a number.
 *
 * Own op because `tf.mul` keeps a copy of the tensor until the backward pass, for a gradient of the number.
 *
 * @param x any shape.
 * @returns same shape.
 */
export function scale<T extends tf.Tensor>(x: T, factor: number): T {
  return withGradient<T>(
    [x],
    () => ({ value: tf.mul(x, factor) as T, saved: [] }),
    (dy) => [tf.mul(dy, factor)],
  );
}
