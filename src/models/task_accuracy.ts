import * as tf from '@tensorflow/tfjs';
import { checkLabelShape, classIndexShapes } from './label_shape';

/**
 * Share of labels that the highest logit hits; labels that are no class (ignored ones, answers beyond the window)
 * count neither way.
 *
 * @param labels class indices `[...]`.
 * @param logits `[..., C]`.
 * @returns a scalar; NaN if no label counts.
 * @throws {InputError} for labels that are not class indices, as those of several labels at once.
 */
export function taskAccuracy(labels: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  checkLabelShape('Labels of the metric accuracy', labels, classIndexShapes(logits.shape));
  return tf.tidy(() => {
    const classes = logits.shape.at(-1)!;
    const expected = tf.reshape(tf.cast(labels, 'int32'), [-1]);
    const predicted = tf.argMax(tf.reshape(logits, [-1, classes]), 1);
    const isClass = tf.logicalAnd(tf.greaterEqual(expected, 0), tf.less(expected, classes));
    const counted = tf.cast(isClass, 'float32');
    const hits = tf.mul(tf.cast(tf.equal(expected, predicted), 'float32'), counted);
    return tf.div(tf.sum(hits), tf.sum(counted)) as tf.Scalar;
  });
}

// tfjs logs a metric by its function's name, and its own accuracy as `acc`.
Object.defineProperty(taskAccuracy, 'name', { value: 'acc' });

type Metrics = NonNullable<tf.ModelCompileArgs['metrics']>;

/** The metrics given to `compile`, with `accuracy` meaning {@link taskAccuracy}. */
export function withTaskAccuracy(metrics: Metrics): Metrics {
  const ours = <T>(metric: T) => (metric === 'accuracy' || metric === 'acc' ? taskAccuracy : metric);
  if (Array.isArray(metrics)) return metrics.map(ours);
  if (typeof metrics !== 'object') return ours(metrics);
  return Object.fromEntries(Object.entries(metrics).map(([output, metric]) => [output, ours(metric)]));
}
