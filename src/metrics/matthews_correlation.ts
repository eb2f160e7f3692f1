import { countClasses } from './count_classes';

/**
 * Matthews correlation of class indices, of two classes or more (`matthews_corrcoef` of scikit-learn; the metric of
 * CoLA).
 *
 * @param labels class indices of at least 0.
 * @param predictions a class index for each label.
 * @returns -1 to 1; 0 where all labels or all predictions are of one class.
 * @throws {InputError} for unequal numbers, none at all, or what is no class index.
 *
 * @example
 * matthewsCorrelation([1, 1, 1, 0], [1, 0, 1, 1]); // -0.333…
 */
export function matthewsCorrelation(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const counts = countClasses(labels, predictions);
  const rows = counts.classes().map((name) => counts.of(name));
  const sum = (termOf: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + termOf(row), 0);
  const square = labels.length ** 2;
  const covariance = sum(({ hits }) => hits) * labels.length - sum(({ support, predicted }) => support * predicted);
  const labelSpread = square - sum(({ support }) => support ** 2);
  const predictionSpread = square - sum(({ predicted }) => predicted ** 2);
  if (labelSpread === 0 || predictionSpread === 0) return 0;
  return covariance / (Math.sqrt(labelSpread) * Math.sqrt(predictionSpread));
}
