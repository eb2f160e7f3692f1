import * as tf from '@tensorflow/tfjs';
import type { ProblemType } from '../config/config_schema';
import { binaryCrossEntropy } from '../ops/binary_cross_entropy';
import { type CrossEntropyOptions, crossEntropy, softCrossEntropy } from '../ops/cross_entropy';
import { IGNORED_LABEL } from '../ops/ignored_label';
import { labelWeights } from '../ops/label_weights';
import { meanSquaredError } from '../ops/mean_squared_error';
import { checkLabelShape, classIndexShapes, valueShapes } from './label_shape';
import { checkLossOptions, type LossOptions } from './loss_options';

/** Labels of rows `[N]`, and how they count. */
interface LabelledRows {
  readonly labels: tf.Tensor1D;
  readonly options: CrossEntropyOptions;
}

/**
 * Loss of a label per row: every row with its class, the others marked {@link IGNORED_LABEL}.
 *
 * @param labels `[...]` class indices.
 * @param logits `[..., C]`.
 * @returns a scalar; NaN with a gradient of zeros if no label counts, as in PyTorch.
 * @throws {InputError} for labels or sample weights of another shape; {@link UsageError} for options that do not fit.
 */
export function classificationLoss(labels: tf.Tensor, logits: tf.Tensor, options: LossOptions = {}): tf.Scalar {
  checkLabelShape('labels', labels, classIndexShapes(logits.shape));
  checkLossOptions(options, logits.shape.at(-1)!);
  return tf.tidy(() => {
    const rows = classRows(labels, options);
    return crossEntropy(tf.reshape(logits, [-1, logits.shape.at(-1)!]), rows.labels, rows.options);
  });
}

/**
 * What the mean of {@link classificationLoss} divides by: the number of labels that count, or the sum of their weights.
 *
 * With it the losses of parts add up to that of the whole: `Σ weight · loss / Σ weight`.
 */
export function classificationLossWeight(labels: tf.Tensor, options: LossOptions = {}): tf.Scalar {
  return tf.tidy(() => tf.sum(classificationRowWeights(labels, options)));
}

/** How much each label counts in {@link classificationLoss}, `[N]`. */
export function classificationRowWeights(labels: tf.Tensor, options: LossOptions = {}): tf.Tensor1D {
  return tf.tidy(() => weightsOf(classRows(labels, options)));
}

function classRows(labels: tf.Tensor, options: LossOptions): LabelledRows {
  return {
    labels: tf.reshape(tf.cast(labels, 'int32'), [-1]),
    options: { ...options, ignoreIndex: IGNORED_LABEL, rowWeights: rowWeights(options, labels.shape) },
  };
}

/** The weight of each label `[N]`: its own, or that of its example. */
function rowWeights({ sampleWeights }: LossOptions, labelShape: readonly number[]): tf.Tensor1D | undefined {
  if (sampleWeights === undefined) return undefined;
  const [batch = 0, ...tokens] = labelShape;
  const shapes = [[...labelShape], [batch], [batch, 1]];
  checkLabelShape('sampleWeights', sampleWeights, shapes);
  const ownOrShared = tf.reshape(tf.cast(sampleWeights, 'float32'), [batch, -1]);
  return tf.reshape(tf.mul(ownOrShared, tf.ones([batch, tokens[0] ?? 1])), [-1]);
}

function weightsOf({ labels, options }: LabelledRows): tf.Tensor1D {
  return labelWeights(labels, options).labels;
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
 * @throws {InputError} for labels or sample weights of another shape; {@link UsageError} for options that do not fit.
 */
export function sequenceClassificationLoss(
  labels: tf.Tensor,
  logits: tf.Tensor2D,
  problemType: ProblemType | null,
  options: LossOptions = {},
): tf.Scalar {
  return tf.tidy(() => {
    const [batch, numLabels] = logits.shape;
    const kind = sequenceLossKind(problemType, numLabels, labels);
    if (kind === 'single_label_classification') {
      return problemType === null
        ? lossOfLabelled(labels, logits, options)
        : classificationLoss(labels, logits, options);
    }
    checkLabelShape('labels', labels, valueShapes(batch, numLabels));
    checkLossOptions(options, kind === 'regression' ? 'values' : numLabels);
    const { classWeights, labelSmoothing } = options;
    const rows = rowWeights(options, [batch]);
    const targets = tf.reshape(tf.cast(labels, 'float32'), logits.shape) as tf.Tensor2D;
    if (kind === 'regression') return meanSquaredError(logits, targets, rows);
    return kind === 'multi_label_classification'
      ? binaryCrossEntropy(logits, targets, { positiveWeights: classWeights, labelSmoothing, rowWeights: rows })
      : softCrossEntropy(logits, targets, { classWeights, labelSmoothing, rowWeights: rows });
  });
}

/**
 * What the mean of {@link sequenceClassificationLoss} divides by: see {@link classificationLossWeight}; without class
 * indices, the number of examples or the sum of their weights.
 */
export function sequenceClassificationLossWeight(
  labels: tf.Tensor,
  numLabels: number,
  problemType: ProblemType | null,
  options: LossOptions = {},
): tf.Scalar {
  return tf.tidy(() => tf.sum(sequenceClassificationRowWeights(labels, numLabels, problemType, options)));
}

/** How much each example counts in {@link sequenceClassificationLoss}, `[B]`. */
export function sequenceClassificationRowWeights(
  labels: tf.Tensor,
  numLabels: number,
  problemType: ProblemType | null,
  options: LossOptions = {},
): tf.Tensor1D {
  const batch = labels.shape[0]!;
  return tf.tidy(() => {
    if (sequenceLossKind(problemType, numLabels, labels) !== 'single_label_classification') {
      return rowWeights(options, [batch]) ?? tf.ones([batch]);
    }
    return classificationRowWeights(problemType === null ? ignoreNegative(labels) : labels, options);
  });
}

/** Cross-entropy over the rows whose label is not negative; 0 where none counts. */
function lossOfLabelled(labels: tf.Tensor, logits: tf.Tensor2D, options: LossOptions): tf.Scalar {
  const indices = ignoreNegative(labels);
  const counts = tf.notEqual(classificationLossWeight(indices, options), 0);
  // The mean over no row is NaN, which `where` drops; its gradient is 0 already.
  return tf.where(counts, classificationLoss(indices, logits, options), tf.scalar(0)) as tf.Scalar;
}

/** Class indices with every negative one turned into {@link IGNORED_LABEL}. */
function ignoreNegative(labels: tf.Tensor): tf.Tensor {
  const counted = tf.cast(tf.greaterEqual(labels, 0), 'int32');
  const ignored = tf.mul(tf.sub(tf.onesLike(counted), counted), tf.scalar(IGNORED_LABEL, 'int32'));
  return tf.add(tf.mul(tf.cast(labels, 'int32'), counted), ignored);
}

/**
 * Mean binary cross-entropy of each token's score of having been replaced.
 *
 * @param labels `[B, S]`: 1 replaced, 0 original, {@link IGNORED_LABEL} for what does not count.
 * @param logits `[B, S]`.
 * @returns a scalar; 0 if no label counts.
 * @throws {InputError} for labels or sample weights of another shape; {@link UsageError} for options that do not fit, as
 *   `classWeights` of other than one weight, that of replaced tokens.
 */
export function tokenDetectionLoss(labels: tf.Tensor, logits: tf.Tensor, options: LossOptions = {}): tf.Scalar {
  checkLabelShape('labels', labels, [logits.shape]);
  checkLossOptions(options, 1);
  return tf.tidy(() => {
    const rowWeights = tokenDetectionRowWeights(labels, options);
    const { classWeights: positiveWeights, labelSmoothing } = options;
    const targets = tf.reshape(tf.relu(tf.cast(labels, 'float32')), [-1, 1]);
    return binaryCrossEntropy(tf.reshape(logits, [-1, 1]), targets, { positiveWeights, labelSmoothing, rowWeights });
  });
}

/** What the mean of {@link tokenDetectionLoss} divides by: the number of labels that count, or the sum of their weights. */
export function tokenDetectionLossWeight(labels: tf.Tensor, options: LossOptions = {}): tf.Scalar {
  return tf.tidy(() => tf.sum(tokenDetectionRowWeights(labels, options)));
}

/** How much each label counts in {@link tokenDetectionLoss}, `[N]`. */
export function tokenDetectionRowWeights(labels: tf.Tensor, options: LossOptions = {}): tf.Tensor1D {
  return tf.tidy(() => {
    const flat = tf.reshape(tf.cast(labels, 'int32'), [-1]) as tf.Tensor1D;
    return labelWeights(flat, { ignoreIndex: IGNORED_LABEL, rowWeights: rowWeights(options, labels.shape) }).rows;
  });
}

/**
 * Loss of one end of the answer span: positions beyond the window do not count (PyTorch clamps them to `S` and
 * ignores that index).
 *
 * @param positions `[B]` or `[B, 1]`.
 * @param logits `[B, S]`.
 * @throws {InputError} for positions or sample weights of another shape; {@link UsageError} for class weights.
 */
export function positionLoss(positions: tf.Tensor, logits: tf.Tensor2D, options: LossOptions = {}): tf.Scalar {
  checkLabelShape('positions', positions, classIndexShapes(logits.shape));
  checkLossOptions(options, 'positions');
  return tf.tidy(() => {
    const rows = positionRows(positions, logits.shape[1], options);
    return crossEntropy(logits, rows.labels, rows.options);
  });
}

/**
 * What the mean of {@link positionLoss} divides by: the number of positions in the window, or the sum of their weights.
 *
 * @param length `S`.
 */
export function positionLossWeight(positions: tf.Tensor, length: number, options: LossOptions = {}): tf.Scalar {
  return tf.tidy(() => tf.sum(positionRowWeights(positions, length, options)));
}

/** How much each position counts in {@link positionLoss}, `[B]`. */
export function positionRowWeights(positions: tf.Tensor, length: number, options: LossOptions = {}): tf.Tensor1D {
  return tf.tidy(() => weightsOf(positionRows(positions, length, options)));
}

function positionRows(positions: tf.Tensor, length: number, options: LossOptions): LabelledRows {
  // As floats: the wasm backend clips integers wrongly.
  const clamped = tf.clipByValue(tf.reshape(tf.cast(positions, 'float32'), [-1]), 0, length);
  return {
    labels: tf.cast(clamped, 'int32') as tf.Tensor1D,
    options: { ...options, ignoreIndex: length, rowWeights: rowWeights(options, positions.shape) },
  };
}
