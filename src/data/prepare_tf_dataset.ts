import * as tf from '@tensorflow/tfjs';
import type { Batch } from './batch';
import type { BatchStream } from './batch_stream';
import { type BatchTensors, batchToTensors } from './batch_tensors';
import type { Collator, Feature } from './collator';
import { type BatchOptions, featureBatches } from './feature_batches';

/**
 * A `tf.data.Dataset` of batches `{ xs, ys }` as `model.fitDataset` takes them.
 *
 * Each iteration is the next epoch, with an order of its own. Of features, those at the end that fill no batch are left
 * out where the order is shuffled, as in Hugging Face's `prepare_tf_dataset`; `dropRemainder` decides otherwise.
 *
 * @throws {InputError} when there are no features, or options cannot be met.
 *
 * @example
 * const dataset = prepareTFDataset(features, collator, { batchSize: 16, seed: 7 });
 * await model.fitDataset(dataset, { epochs: 3 });
 */
export function prepareTFDataset(stream: BatchStream): tf.data.Dataset<BatchTensors>;
export function prepareTFDataset<F extends Feature>(
  features: readonly F[],
  collator: Collator<F>,
  options?: BatchOptions,
): tf.data.Dataset<BatchTensors>;
export function prepareTFDataset<F extends Feature>(
  source: BatchStream | readonly F[],
  collator?: Collator<F>,
  options: BatchOptions = {},
): tf.data.Dataset<BatchTensors> {
  const dropRemainder = options.shuffle ?? true;
  const stream = 'batches' in source ? source : featureBatches(source, collator!, { dropRemainder, ...options });
  let epoch = 0;
  let last: AsyncIterator<Batch> | undefined;
  const dataset = tf.data.generator<BatchTensors>(async () => {
    // tfjs leaves an iterator as it is when it needs no more of it; whatever it reads would stay open.
    await last?.return?.();
    const batches = stream.batches(epoch++)[Symbol.asyncIterator]();
    last = batches;
    return inTensors(batches) as unknown as Iterator<BatchTensors>;
  });
  // Keras-style training asks for it, to know how long an epoch is.
  return Object.assign(dataset, { size: stream.batchesPerEpoch ?? null });
}

function inTensors(batches: AsyncIterator<Batch>): AsyncIterator<BatchTensors> {
  return {
    async next() {
      const { value, done } = await batches.next();
      if (done) return { value: null, done: true };
      return { value: batchToTensors(value as Batch), done: false };
    },
  };
}
