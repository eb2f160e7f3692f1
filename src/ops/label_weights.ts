import * as tf from '@tensorflow/tfjs';
import { type ClassWeights, classWeightTensor } from './class_weights';

/** How much labels count in the mean of a loss. */
export interface LabelWeightOptions {
  /** Rows with this label do not count; -100 by default. */
  readonly ignoreIndex?: number | undefined;
  /** Weight of each class; 1 by default. */
  readonly classWeights?: ClassWeights | undefined;
  /** Weight of each row, float `[N]`; 1 by default. */
  readonly rowWeights?: tf.Tensor1D | undefined;
}

/** What {@link labelWeights} gives. */
export type LabelWeights = {
  /** Row and class of each label as indices into `[N, C]`, int32 `[N, 2]`; class 0 for labels that do not count. */
  readonly indices: tf.Tensor2D;
  /** Weight of each row, float `[N]`; 0 where the label does not count. */
  readonly rows: tf.Tensor1D;
  /** Weight of each row times that of its class, float `[N]`: what a mean divides by the sum of. */
  readonly labels: tf.Tensor1D;
};

/**
 * Weighs class-index labels. Reads nothing back.
 *
 * @param labels int32 `[N]`, class indices or `ignoreIndex`.
 */
export function labelWeights(
  labels: tf.Tensor1D,
  { ignoreIndex = -100, classWeights, rowWeights }: LabelWeightOptions = {},
): LabelWeights {
  return tf.tidy(() => {
    const counted = tf.cast(tf.notEqual(labels, ignoreIndex), 'float32') as tf.Tensor1D;
    const classes = tf.mul(labels, tf.cast(counted, 'int32'));
    const indices = tf.stack([tf.range(0, labels.shape[0], 1, 'int32'), classes], 1) as tf.Tensor2D;
    const rows = rowWeights === undefined ? counted : tf.mul<tf.Tensor1D>(counted, rowWeights);
    if (classWeights === undefined) return { indices, rows, labels: rows };
    // Not `gather`, which reads its indices back on tfjs-node.
    const ofClasses = tf.gatherND(classWeightTensor(classWeights), tf.expandDims(classes, 1));
    return { indices, rows, labels: tf.mul<tf.Tensor1D>(rows, ofClasses) };
  });
}
