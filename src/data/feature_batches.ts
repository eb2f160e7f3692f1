import { InputError } from '../errors';
import type { BatchStream } from './batch_stream';
import { collateBatches } from './collate_batches';
import type { Collator, Feature } from './collator';
import { lengthBucketedBatches } from './length_bucketed_batches';

/** How a stream of batches is made. */
export interface BatchOptions {
  /** Features in a batch, 8 by default. */
  readonly batchSize?: number;
  /** Whether each epoch has an order of its own, true by default. */
  readonly shuffle?: boolean;
  /** All that is drawn follows from it; 0 by default. */
  readonly seed?: number;
  /** Whether features of similar length come together, or the lengths that part them; false by default. */
  readonly bucketByLength?: boolean | readonly number[];
  /** Most tokens of a batch, padding included; no limit by default. */
  readonly maxTokens?: number;
  /** Leaves out the features at the end that fill no batch, false by default. */
  readonly dropRemainder?: boolean;
}

/** The options with their defaults. */
export function resolveBatchOptions({ bucketByLength = false, maxTokens, ...options }: BatchOptions) {
  const { batchSize = 8, shuffle = true, seed = 0, dropRemainder = false } = options;
  const buckets = bucketByLength === true ? undefined : bucketByLength || [];
  const gathering = { batchSize, ...(buckets && { buckets }), ...(maxTokens !== undefined && { maxTokens }) };
  return { gathering, shuffle, seed, dropRemainder };
}

/**
 * Batches of features that are in memory.
 *
 * @throws {InputError} when there are no features, too few for a batch that must be full, or options cannot be met.
 *
 * @example
 * const stream = featureBatches(features, collator, { batchSize: 16, bucketByLength: true, seed: 7 });
 * for await (const batch of stream.batches(0)) console.log(batch.size, batch.tokens);
 */
export function featureBatches<F extends Feature>(
  features: readonly F[],
  collator: Collator<F>,
  options: BatchOptions = {},
): BatchStream {
  const { gathering, shuffle, seed, dropRemainder } = resolveBatchOptions(options);
  const plan = (epoch: number) =>
    lengthBucketedBatches(features, { ...gathering, shuffle, seed, epoch, dropRemainder });
  const count = plan(0).length;
  if (count === 0) {
    throw new InputError(
      `A batch must have features (${dropRemainder ? gathering.batchSize : 1} at least), received ${features.length}; give more, a smaller batchSize, or dropRemainder: false.`,
      { path: 'features', received: features.length },
    );
  }
  return {
    async *batches(epoch, skip = 0) {
      yield* collateBatches(plan(epoch), collator, { seed, epoch, skip });
    },
    // A limit of tokens cuts each order otherwise.
    batchesPerEpoch: gathering.maxTokens === undefined || !shuffle ? count : undefined,
  };
}
