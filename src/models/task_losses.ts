import * as tf from '@tensorflow/tfjs';
import type { ProblemType } from '../config/config_schema';
import { binaryCrossEntropy } from '../ops/binary_cross_entropy';
import { crossEntropy, softCrossEntropy } from '../ops/cross_entropy';
import { meanSquaredError } from '../ops/mean_squared_error';
import { checkLabelShape, classIndexShapes, valueShapes } from './label_shape';

/** Label of tokens that do not count in a loss, as in PyTorch and transformers. */
export const IGNORED_LABEL = -100;

/**
 * Loss of a label per row: every row with its class, the others marked {@link IGNORED_LABEL}.
 *
 * @param labels `[...]` class indices.
 * @param logits `[..., C]`.
 * @throws {InputError} for labels of another shape.
 */
export function classificationLoss(labels: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  checkLabelShape('labels', labels, classIndexShapes(logits));
  return tf.tidy(() =>
    crossEntropy(
      tf.reshape(logits, [-1, logits.shape.at(-1)!]),
      tf.reshape(tf.cast(labels, 'int32'), [-1]),
      IGNORED_LABEL,
    ),
  );
}

/**
 * Which loss a sequence classifier uses, as the PyTorch class decides.
 *
 * Without a problem type: regression for one label, class indices for labels `[B]` or `[B, 1]`, else soft labels.
 */
export type SequenceLossKind = ProblemType | 'soft_label_classification';

/** See {@link SequenceLossKind}. */
export function sequenceLossKind(
  problemType: ProblemType | null,
  numLabels: number,
  labels: tf.Tensor,
): SequenceLossKind {
  if (problemType !== null) return problemType;
  if (numLabels === 1) return 'regression';
  return labels.rank === 1 || labels.shape.at(-1) === 1 ? 'single_label_classification' : 'soft_label_classification';
}

/**
 * Loss of a sequence classifier, `DebertaV2ForSequenceClassification` of PyTorch.
 *
 * @param labels class indices `[B]` (negative ones are left out unless a problem type is set, where only -100 is),
 *   values `[B]` or `[B, numLabels]` for regression, 0/1 `[B, numLabels]` for several labels at once, or
 *   probabilities `[B, numLabels]`.
 * @param logits `[B, numLabels]`.
 * @throws {InputError} for labels of another shape.
 */
export function sequenceClassificationLoss(
  labels: tf.Tensor,
  logits: tf.Tensor2D,
  problemType: ProblemType | null,
): tf.Scalar {
  return tf.tidy(() => {
    const [batch, numLabels] = logits.shape;
    const kind = sequenceLossKind(problemType, numLabels, labels);
    if (kind === 'single_label_classification') {
      return problemType === null ? lossOfLabelled(labels, logits) : classificationLoss(labels, logits);
    }
    checkLabelShape('labels', labels, valueShapes(batch, numLabels));
    const targets = tf.reshape(tf.cast(labels, 'float32'), logits.shape) as tf.Tensor2D;
    if (kind === 'regression') return meanSquaredError(logits, targets);
    return kind === 'multi_label_classification'
      ? binaryCrossEntropy(logits, targets)
      : softCrossEntropy(logits, targets);
  });
}

/** Cross-entropy over the rows whose label is not negative; 0 where there is none. */
function lossOfLabelled(labels: tf.Tensor, logits: tf.Tensor2D): tf.Scalar {
  const isLabelled = tf.greaterEqual(labels, 0);
  const counted = tf.cast(isLabelled, 'int32');
  const ignored = tf.mul(tf.sub(tf.onesLike(counted), counted), tf.scalar(IGNORED_LABEL, 'int32'));
  const indices = tf.add(tf.mul(tf.cast(labels, 'int32'), counted), ignored);
  // The mean over no row is NaN, which `where` drops; its gradient is 0 already.
  return tf.where(tf.any(isLabelled), classificationLoss(indices, logits), tf.scalar(0)) as tf.Scalar;
}

/**
 * Loss of one end of the answer span: positions beyond the window do not count (PyTorch clamps them to `S` and
 * ignores that index).
 *
 * @param positions `[B]` or `[B, 1]`.
 * @param logits `[B, S]`.
 * @throws {InputError} for positions of another shape.
 */
export function positionLoss(positions: tf.Tensor, logits: tf.Tensor2D): tf.Scalar {
  checkLabelShape('positions', positions, classIndexShapes(logits));
  return tf.tidy(() => {
    const length = logits.shape[1];
    // As floats: the wasm backend clips integers wrongly.
    const clamped = tf.clipByValue(tf.reshape(tf.cast(positions, 'float32'), [-1]), 0, length);
    return crossEntropy(logits, tf.cast(clamped, 'int32') as tf.Tensor1D, length);
  });
}
