import type { Batch } from './batch';

/**
 * Batches of a data set, epoch by epoch, in an order that depends on nothing but the stream's seed and the epoch.
 *
 * Whatever is drawn for a batch (its masked tokens, its place) follows from the seed, the epoch and the batch's number.
 * That is what makes a run that was stopped go on exactly: the position is two numbers.
 */
export interface BatchStream {
  /**
   * The batches of an epoch.
   *
   * @param epoch counted from 0.
   * @param skip leaves out the first ones, without making them.
   */
  batches(epoch: number, skip?: number): AsyncIterable<Batch>;
  /** Batches of one epoch, where that is known before they are read. */
  readonly batchesPerEpoch: number | undefined;
}
