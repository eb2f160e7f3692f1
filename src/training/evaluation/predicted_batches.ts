import type * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../data/batch';
import { batchToTensors } from '../../data/batch_tensors';
import type { Collator, Feature } from '../../data/collator';
import { deriveSeed } from '../../data/derive_seed';
import { requireInteger } from '../../data/require_integer';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { eventsToArrive } from '../events_to_arrive';
import { readPredictions } from './read_predictions';

/** How a model goes through features. */
export interface PredictFeaturesOptions<F extends Feature> {
  /** Puts features together into batches, as for training. */
  readonly collator: Collator<F>;
  /** Features computed at a time, 8 by default. */
  readonly batchSize?: number;
  /** Seed of what the collator draws, 0 by default: the same in every evaluation, so that they can be compared. */
  readonly seed?: number;
  /** Ends between two batches, with its reason as the error. */
  readonly signal?: AbortSignal;
}

/** A batch and what was read of the model's outputs for it. */
export interface PredictedBatch {
  /** Which feature each row is, counted as they were given. */
  readonly places: readonly number[];
  readonly batch: Batch;
  readonly values: readonly Float32Array[];
}

/**
 * Predicts features batch by batch, the longest first: features of like length stand together, so that little is padded,
 * and memory that does not suffice is known at once.
 *
 * @param select what is read of a batch, of the outputs or made of them and of the labels; the outputs by default.
 */
export async function* predictedBatches<F extends Feature>(
  model: TFDebertaV2PreTrainedModel,
  features: readonly F[],
  { collator, batchSize = 8, seed = 0, signal }: PredictFeaturesOptions<F>,
  select: (outputs: tf.Tensor[], labels: tf.NamedTensorMap) => tf.Tensor[] = (outputs) => outputs,
): AsyncGenerator<PredictedBatch> {
  requireInteger('batchSize', batchSize, 1);
  const lengthOf = (place: number) => features[place]!.input_ids.length;
  const order = [...features.keys()].sort((a, b) => lengthOf(b) - lengthOf(a));
  for (let first = 0; first < order.length; first += batchSize) {
    signal?.throwIfAborted();
    const places = order.slice(first, first + batchSize);
    const batch = collator(
      places.map((place) => features[place]!),
      deriveSeed(seed, first),
    );
    let labels: tf.NamedTensorMap = {};
    const makeInputs = () => {
      const { xs, ys } = batchToTensors(batch);
      labels = ys;
      return xs;
    };
    const values = await readPredictions(model, makeInputs, { select: (outputs) => select(outputs, labels) });
    yield { places, batch, values };
    await eventsToArrive();
  }
}

/** The rows of an output, one for each feature of its batch. */
export function rowsOf(values: Float32Array, count: number): Float32Array[] {
  const length = values.length / count;
  return Array.from({ length: count }, (_, row) => values.subarray(row * length, (row + 1) * length));
}
