import * as tf from '@tensorflow/tfjs';
import { type ClassWeights, classWeightTensor } from './class_weights';
import { withGradient } from './custom_gradient';
import { type LabelWeightOptions, labelWeights } from './label_weights';
import { smoothLabels } from './smooth_labels';
import { weightedMean } from './weighted_mean';

/** How classes, labels and rows count in {@link crossEntropy}. */
export interface CrossEntropyOptions extends LabelWeightOptions {
  /** 0…1: the share of each label that is spread evenly over all classes. 0 by default. */
  readonly labelSmoothing?: number | undefined;
}

/**
 * Mean cross-entropy of class-index labels: `torch.nn.functional.cross_entropy` with `weight`, `label_smoothing` and
 * `ignore_index`.
 *
 * The mean is a weighted one: each row's loss counts with the weight of the row (`rowWeights`), and the sum is divided
 * by the weights of rows times those of their classes.
 *
 * @param logits `[N, C]`.
 * @param labels int32 `[N]`, each below `C`, or `ignoreIndex`.
 * @returns a scalar; NaN with a gradient of zeros if no row counts, as in PyTorch.
 *
 * @example
 * const loss = crossEntropy(logits, labels, { classWeights: [1, 5], labelSmoothing: 0.1 });
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { labelSmoothing = 0, ...options }: CrossEntropyOptions = {},
): tf.Scalar {
  return withGradient<tf.Scalar>(
    [logits],
    () => {
      const { indices, rows, labels: counted } = labelWeights(labels, options);
      const count = tf.sum(counted);
      // A batch without labels must not turn every weight of the model into NaN.
      const share = tf.divNoNan(1, count);
      const logProbabilities = tf.logSoftmax(logits);
      const certain = tf.mul(counted, 1 - labelSmoothing);
      const sum = tf.sum(tf.mul(tf.gatherND(logProbabilities, indices), certain));
      const saved: tf.Tensor[] = [logProbabilities, indices, tf.mul(certain, share)];
      if (labelSmoothing === 0) return { value: tf.neg(tf.div<tf.Scalar>(sum, count)), saved };
      const spread = evenly(labelSmoothing, logits.shape[1], options.classWeights);
      const smooth = tf.sum(tf.mul(rows, tf.sum(tf.mul(logProbabilities, spread), 1)));
      return {
        value: tf.neg(tf.add<tf.Scalar>(tf.div(sum, count), tf.div(smooth, count))),
        saved: [...saved, tf.mul(rows, share), spread],
      };
    },
    // d logits = softmax · (sum of the targets) − targets; the one-hot part of the targets is scattered, never built
    // as a matrix of its own.
    (dy, [logProbabilities, indices, certain, rows, spread]) => {
      const hits = tf.mul(certain!, dy);
      const targets = tf.scatterND(indices!, hits, logProbabilities!.shape);
      const slope = (mass: tf.Tensor) => tf.sub(tf.mul(tf.exp(logProbabilities!), tf.expandDims(mass, 1)), targets);
      if (rows === undefined || spread === undefined) return [slope(hits)];
      const scaled = tf.mul(rows, dy);
      const mass = tf.add(hits, tf.mul(scaled, tf.sum(spread)));
      return [tf.sub(slope(mass), tf.mul(tf.expandDims(scaled, 1), spread))];
    },
  );
}

/** The part of a smoothed label that every class gets, times the class's weight, `[C]`. */
function evenly(smoothing: number, classes: number, weights?: ClassWeights): tf.Tensor {
  const share = smoothing / classes;
  return weights === undefined ? tf.fill([classes], share) : tf.mul(classWeightTensor(weights), share);
}

/** How classes and rows count in {@link softCrossEntropy}. */
export type SoftCrossEntropyOptions = Omit<CrossEntropyOptions, 'ignoreIndex'>;

/**
 * Mean cross-entropy of soft labels: `−mean over rows of Σ labels · log softmax(logits)`, as
 * `torch.nn.functional.cross_entropy` of probabilities. Class weights are factors in the sum; the mean is over the
 * weights of rows alone.
 *
 * @param logits `[N, C]`.
 * @param labels float `[N, C]`, used as they are.
 */
export function softCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor2D,
  { classWeights, labelSmoothing = 0, rowWeights }: SoftCrossEntropyOptions = {},
): tf.Scalar {
  return tf.tidy(() => {
    const smoothed = smoothLabels(labels, labelSmoothing, logits.shape[1]);
    const targets = classWeights === undefined ? smoothed : tf.mul(smoothed, classWeightTensor(classWeights));
    return weightedMean(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), targets), 1)), rowWeights);
  });
}
