import * as tf from '@tensorflow/tfjs';
import { IGNORED_LABEL } from './task_losses';

/**
 * Share of labels that the highest logit hits; ignored labels count neither way.
 *
 * @param labels class indices `[...]`.
 * @param logits `[..., C]`.
 * @returns a scalar; NaN if every label is ignored.
 */
export function taskAccuracy(labels: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.tidy(() => {
    const classes = logits.shape.at(-1)!;
    const expected = tf.reshape(tf.cast(labels, 'int32'), [-1]);
    const predicted = tf.argMax(tf.reshape(logits, [-1, classes]), 1);
    const counted = tf.cast(tf.notEqual(expected, IGNORED_LABEL), 'float32');
    const hits = tf.mul(tf.cast(tf.equal(expected, predicted), 'float32'), counted);
    return tf.div(tf.sum(hits), tf.sum(counted)) as tf.Scalar;
  });
}

// tfjs logs a metric by its function's name, and its own accuracy as `acc`.
Object.defineProperty(taskAccuracy, 'name', { value: 'acc' });
