import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * The same values in another shape.
 *
 * Own op because `tf.reshape` keeps a copy of its input until the backward pass, to look at its shape.
 *
 * @param x any shape.
 * @param shape as many elements; one axis may be -1.
 */
export function reshape<R extends tf.Rank>(x: tf.Tensor, shape: tf.ShapeMap[R]): tf.Tensor<R> {
  return withGradient<tf.Tensor<R>>(
    [x],
    () => ({ value: tf.reshape<R>(x, shape), saved: [] }),
    (dy) => [tf.reshape(dy, x.shape)],
  );
}
