import { RandomStream } from '../ops/random_stream';
import type { Feature } from './collator';
import { deriveSeed } from './derive_seed';
import { type LengthBucketOptions, LengthBuckets } from './length_buckets';
import { shuffled } from './shuffled';

/** Options of {@link lengthBucketedBatches}. */
export interface LengthBucketedBatchesOptions extends LengthBucketOptions {
  /** 0 by default. */
  readonly seed?: number;
  /** Counted from 0, which is the default. */
  readonly epoch?: number;
  /** Whether features and batches are put in an order drawn from seed and epoch, true by default. */
  readonly shuffle?: boolean;
  /** Leaves out the features at the end that fill no batch, false by default. */
  readonly dropRemainder?: boolean;
}

/**
 * An epoch's batches of features of similar length, so that little is padded; the order follows from seed and epoch.
 *
 * @throws {InputError} for options that cannot be met.
 *
 * @example
 * lengthBucketedBatches(features, { batchSize: 16, maxTokens: 4096, seed: 7, epoch: 2 });
 */
export function lengthBucketedBatches<F extends Feature>(
  features: readonly F[],
  options: LengthBucketedBatchesOptions,
): F[][] {
  const { seed = 0, epoch = 0, shuffle = true, dropRemainder = false } = options;
  const random = new RandomStream(deriveSeed(seed, epoch));
  const buckets = new LengthBuckets(({ input_ids }: F) => input_ids.length, options);
  const batches = (shuffle ? shuffled(features, random) : features).flatMap((feature) => buckets.add(feature));
  batches.push(...withoutRemainder(buckets.finish(), options.batchSize, dropRemainder));
  return shuffle ? shuffled(batches, random) : batches;
}

/** Batches but for a last one that is not full, where that is to be dropped. */
export function withoutRemainder<Item>(batches: Item[][], batchSize: number, dropRemainder: boolean): Item[][] {
  const isFull = (batches.at(-1)?.length ?? batchSize) === batchSize;
  return dropRemainder && !isFull ? batches.slice(0, -1) : batches;
}
