import type { Batch } from './batch';
import type { Collator, Feature } from './collator';
import { deriveSeed } from './derive_seed';

/**
 * Batches of features, collated each with the seed of its place.
 *
 * @param skip leaves out the first ones, uncollated.
 */
export async function* collateBatches<F extends Feature>(
  batches: Iterable<readonly F[]> | AsyncIterable<readonly F[]>,
  collator: Collator<F>,
  { seed, epoch, skip }: { readonly seed: number; readonly epoch: number; readonly skip: number },
): AsyncGenerator<Batch> {
  let number = 0;
  for await (const features of batches) {
    if (number >= skip) yield collator(features, deriveSeed(seed, epoch, number));
    number++;
  }
}
