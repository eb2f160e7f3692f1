import { requirePairs } from './require_pairs';

/**
 * Pearson's correlation of two series of numbers (`scipy.stats.pearsonr`).
 *
 * @param labels numbers.
 * @param predictions a number for each label.
 * @returns -1 to 1; NaN where either series is constant (a single pair is) or holds a number that is not finite.
 * @throws {InputError} for unequal numbers, or none at all.
 *
 * @example
 * pearsonCorrelation([1, 2, 3], [1, 2, 4]); // 0.981…
 */
export function pearsonCorrelation(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  requirePairs(['Labels', 'predictions'], labels, predictions);
  const [x, y] = [direction(labels), direction(predictions)];
  const product = x.reduce((sum, value, index) => sum + value * y[index]!, 0);
  return Math.min(1, Math.max(-1, product));
}

/** Deviations from the mean, scaled to length 1; NaN for a constant series. */
function direction(series: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(series);
  // Rounding of the mean would leave deviations that are not 0.
  if (values.every((value) => value === values[0])) return values.fill(Number.NaN);
  // Divided by the largest first, since squares could overflow.
  const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const scaled = values.map((value) => value / scale);
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  const deviations = scaled.map((value) => value - mean);
  const length = Math.sqrt(deviations.reduce((sum, value) => sum + value ** 2, 0));
  return deviations.map((value) => value / length);
}
