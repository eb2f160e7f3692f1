import type * as tf from '@tensorflow/tfjs';
import type { Feature } from '../../data/collator';
import { InputError } from '../../errors';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { classificationLoss, classificationLossWeight } from '../../models/task_losses';
import { type PredictedBatch, type PredictFeaturesOptions, predictedBatches } from './predicted_batches';

/** A mean loss, and how much it counts beside those of other batches. */
export interface WeightedLoss {
  readonly loss: tf.Scalar;
  /** What the mean divides by. */
  readonly weight: tf.Scalar;
}

/** What is done with each batch. */
export interface Measuring {
  /** The loss of a batch, of which the tensors are disposed of. */
  readonly lossOf: (labels: tf.NamedTensorMap, outputs: readonly tf.Tensor[]) => WeightedLoss;
  /** Takes the outputs of a batch; without it they are not read. */
  readonly take?: (batch: PredictedBatch) => void;
}

/** The loss of labels that are class indices, one for each row of the logits, which are the only output. */
export const classLossOf: Measuring['lossOf'] = ({ labels }, [logits]) => ({
  loss: classificationLoss(labels!, logits!),
  weight: classificationLossWeight(labels!),
});

/**
 * Predicts labelled features and measures the loss, in inference mode.
 *
 * @returns the mean loss over all labels that count.
 * @throws {InputError} when features have no labels, there is none, or no label counts.
 */
export async function measureBatches<F extends Feature>(
  model: TFDebertaV2PreTrainedModel,
  features: readonly F[],
  options: PredictFeaturesOptions<F>,
  { lossOf, take }: Measuring,
): Promise<number> {
  let sum = 0;
  let total = 0;
  const select = (outputs: tf.Tensor[], labels: tf.NamedTensorMap) => {
    if (Object.keys(labels).length === 0) throw refuseUnlabelled();
    const { loss, weight } = lossOf(labels, outputs);
    return [loss, weight, ...(take === undefined ? [] : outputs)];
  };
  for await (const { values, ...batch } of predictedBatches(model, features, options, select)) {
    const [loss, weight, ...outputs] = values;
    // The loss of a batch of which no label counts is not a number.
    if (weight![0]! > 0) sum += loss![0]! * weight![0]!;
    total += weight![0]!;
    take?.({ ...batch, values: outputs });
  }
  if (total === 0) throw refuseUnlabelled();
  return sum / total;
}

function refuseUnlabelled(): InputError {
  return new InputError('Features to evaluate a model on must have labels that count, received none; give some.', {
    path: 'labels',
  });
}
