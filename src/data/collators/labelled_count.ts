import { IGNORED_LABEL } from '../../ops/ignored_label';
import type { Batch } from '../batch';

/**
 * How many labels of a batch count in its loss: all but those that are -100. A batch with none teaches nothing, and its
 * loss is not a number.
 *
 * @example
 * if (labelledCount(batch) === 0) skipped++;
 */
export function labelledCount({ ys }: Pick<Batch, 'ys'>): number {
  let count = 0;
  for (const { values } of Object.values(ys)) {
    for (const value of values) if (value !== IGNORED_LABEL) count++;
  }
  return count;
}
