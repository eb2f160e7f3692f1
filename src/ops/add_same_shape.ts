import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * Sum of tensors of one shape.
 *
 * Own op because `tf.add` keeps copies of both until the backward pass, to look at their shapes.
 *
 * @param tensors at least one, of any shape.
 * @returns same shape.
 */
export function addSameShape<T extends tf.Tensor>(...tensors: T[]): T {
  return withGradient<T>(
    tensors,
    () => ({ value: tf.addN(tensors) as T, saved: [] }),
    // Each a handle of its own to one buffer: tfjs disposes a gradient once it has added another to it.
    (dy) => tensors.map(() => tf.reshape(dy, dy.shape)),
  );
}
