import { requirePairs } from './require_pairs';

/**
 * Share of the predictions that equal their labels (`accuracy_score` of scikit-learn).
 *
 * @param labels class indices, or tags.
 * @param predictions one for each label.
 * @returns 0 to 1.
 * @throws {InputError} for unequal numbers, or none at all.
 *
 * @example
 * accuracy([0, 1, 2, 1], [0, 1, 1, 1]); // 0.75
 */
export function accuracy<T extends number | string>(labels: ArrayLike<T>, predictions: ArrayLike<T>): number {
  requirePairs(['Labels', 'predictions'], labels, predictions);
  let hits = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === predictions[i]) hits++;
  return hits / labels.length;
}
