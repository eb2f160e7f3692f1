import * as tf from '@tensorflow/tfjs';
import { type ClassWeights, classWeightTensor } from './class_weights';
import { withGradient } from './custom_gradient';
import { smoothLabels } from './smooth_labels';
import { weightedMean } from './weighted_mean';

/** How labels and rows count in {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions {
  /** Weight of each label where it holds, for logits `[..., C]`: `pos_weight` of PyTorch. 1 by default. */
  readonly positiveWeights?: ClassWeights | undefined;
  /** 0…1: labels become `labels · (1 − smoothing) + smoothing / 2`. 0 by default. */
  readonly labelSmoothing?: number | undefined;
  /** How much each row of logits `[N, ...]` counts in the mean; all the same by default. */
  readonly rowWeights?: tf.Tensor1D | undefined;
}

/**
 * Mean binary cross-entropy of logits, `torch.nn.BCEWithLogitsLoss`; does not overflow for large logits.
 *
 * @param logits `[N, ...]`.
 * @param labels 0…1, same shape.
 *
 * @example
 * const loss = binaryCrossEntropy(logits, labels, { positiveWeights: [1, 5] }); // the second label is rare
 */
export function binaryCrossEntropy(
  logits: tf.Tensor,
  labels: tf.Tensor,
  { positiveWeights, labelSmoothing = 0, rowWeights }: BinaryCrossEntropyOptions = {},
): tf.Scalar {
  return tf.tidy(() => {
    const holds = smoothLabels(labels, labelSmoothing, 2);
    const fails = tf.sub(1, holds);
    const positives = positiveWeights === undefined ? holds : tf.mul(holds, classWeightTensor(positiveWeights));
    return weightedMean(elementLosses(logits, positives, fails), rowWeights);
  });
}

/** `−positives · log σ(x) − negatives · log(1 − σ(x))` of each logit `x`. */
function elementLosses(logits: tf.Tensor, positives: tf.Tensor, negatives: tf.Tensor): tf.Tensor {
  return withGradient(
    [logits],
    () => {
      const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
      const missed = tf.mul(positives, tf.add(tf.relu(tf.neg(logits)), tail));
      const value = tf.add(missed, tf.mul(negatives, tf.add(tf.relu(logits), tail)));
      return { value, saved: [logits, positives, negatives] };
    },
    (dy, [x, whereItHolds, whereItFails]) => {
      const probability = tf.sigmoid(x!);
      const slope = tf.sub(tf.mul(whereItFails!, probability), tf.mul(whereItHolds!, tf.sub(1, probability)));
      return [tf.mul(slope, dy)];
    },
  );
}
