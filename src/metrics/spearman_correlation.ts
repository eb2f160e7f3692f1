import { pearsonCorrelation } from './pearson_correlation';
import { requirePairs } from './require_pairs';

/**
 * Spearman's rank correlation of two series of numbers (`scipy.stats.spearmanr`): Pearson's of their ranks, where equal
 * numbers share the mean of their ranks.
 *
 * @param labels numbers.
 * @param predictions a number for each label.
 * @returns -1 to 1; NaN where either series is constant (a single pair is) or holds NaN.
 * @throws {InputError} for unequal numbers, or none at all.
 *
 * @example
 * spearmanCorrelation([1, 2, 3], [10, 20, 1000]); // 1
 */
export function spearmanCorrelation(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  requirePairs(['Labels', 'predictions'], labels, predictions);
  return pearsonCorrelation(ranks(labels), ranks(predictions));
}

/** Ranks from 1, the mean of the ranks for equal values; all NaN where one value is. */
function ranks(series: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(series);
  const result = new Float64Array(values.length);
  if (values.some(Number.isNaN)) return result.fill(Number.NaN);
  const order = Array.from(values.keys()).sort((a, b) =>
    values[a]! < values[b]! ? -1 : Number(values[a]! > values[b]!),
  );
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const index of order.slice(start, end)) result[index] = (start + 1 + end) / 2;
  }
  return result;
}
