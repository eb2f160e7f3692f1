import { InputError } from '../errors';
import type { BatchStream } from './batch_stream';
import { collateBatches } from './collate_batches';
import type { Collator, Feature } from './collator';
import { deriveSeed } from './derive_seed';
import { type BatchOptions, resolveBatchOptions } from './feature_batches';
import { withoutRemainder } from './length_bucketed_batches';
import { LengthBuckets } from './length_buckets';
import { shuffleBuffer } from './shuffle_buffer';

/** Options of {@link streamedBatches}. */
export interface StreamedBatchOptions extends BatchOptions {
  /** Examples among which the next is drawn, 10,000 by default. */
  readonly bufferSize?: number;
}

/**
 * Batches of data that are not in memory: examples are read anew each epoch, mixed in a buffer and made into features
 * on the way.
 *
 * @param examples read once an epoch; must give the same each time.
 * @param toFeatures makes features of examples, in order: `stream` of a feature builder, or `tokenizeStream`.
 * @returns a stream whose `batches` throws {@link InputError} where an epoch has no batch.
 *
 * @example
 * const examples = readExamples('train.jsonl').map((row) => toTextExample(row));
 * const stream = streamedBatches(examples, (items) => builder.stream(items), collator, { batchSize: 16 });
 */
export function streamedBatches<Example, F extends Feature>(
  examples: AsyncIterable<Example>,
  toFeatures: (examples: AsyncIterable<Example>) => AsyncIterable<F>,
  collator: Collator<F>,
  { bufferSize = 10_000, ...options }: StreamedBatchOptions = {},
): BatchStream {
  const { gathering, shuffle, seed, dropRemainder } = resolveBatchOptions(options);
  const gather = () => new LengthBuckets(({ input_ids }: F) => input_ids.length, gathering);
  // Options are checked now, and not in the middle of a run.
  gather();
  async function* featureBatchesOf(epoch: number): AsyncGenerator<F[]> {
    const mixed = shuffle ? shuffleBuffer(examples, { size: bufferSize, seed: deriveSeed(seed, epoch) }) : examples;
    const buckets = gather();
    let count = 0;
    for await (const feature of toFeatures(mixed)) {
      for (const batch of buckets.add(feature)) {
        count++;
        yield batch;
      }
    }
    const last = withoutRemainder(buckets.finish(), gathering.batchSize, dropRemainder);
    if (count + last.length === 0) throw noBatch();
    yield* last;
  }
  return {
    batches: (epoch, skip = 0) => collateBatches(featureBatchesOf(epoch), collator, { seed, epoch, skip }),
    batchesPerEpoch: undefined,
  };
}

function noBatch(): InputError {
  return new InputError(
    'An epoch must have a batch, and its examples make none; give more of them, or dropRemainder: false.',
    { path: 'examples' },
  );
}
