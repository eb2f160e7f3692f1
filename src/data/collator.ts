import type { Batch } from './batch';

/** What one example is turned into before it joins a batch: at least the ids of its tokens. */
export interface Feature {
  readonly input_ids: readonly number[];
}

/**
 * Puts features together into a batch.
 *
 * @param features of one batch, in order.
 * @param seed what the collator draws follows from it alone, so that a batch made again is the same batch.
 */
export type Collator<F extends Feature = Feature> = (features: readonly F[], seed: number) => Batch;
