import { requirePairs } from './require_pairs';

/**
 * Mean of the squared differences (`mean_squared_error` of scikit-learn).
 *
 * @param labels numbers.
 * @param predictions a number for each label.
 * @throws {InputError} for unequal numbers, or none at all.
 *
 * @example
 * squaredError([1, 2], [1, 4]); // 2
 */
export function squaredError(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  requirePairs(['Labels', 'predictions'], labels, predictions);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += (labels[i]! - predictions[i]!) ** 2;
  return sum / labels.length;
}
