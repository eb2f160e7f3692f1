import { InputError } from '../errors';
import { ClassCounts } from './class_counts';
import { requirePairs, requireSameLength } from './require_pairs';
import { type ScoreOptions, type ScoreReport, scoreReport } from './score_report';

/**
 * Precision, recall and F1 where an example has any number of labels, by label and averaged
 * (`precision_recall_fscore_support` of scikit-learn for indicator rows).
 *
 * @param labels a row for each example: 1 for each label it has, 0 for the others.
 * @param predictions rows of the same form.
 * @throws {InputError} for unequal numbers of rows or of values in them, no rows, or values other than 0 and 1.
 *
 * @example
 * multiLabelScores([[1, 0], [1, 1]], [[1, 1], [0, 1]]).micro.f1; // 0.666…
 */
export function multiLabelScores(
  labels: ArrayLike<ArrayLike<number>>,
  predictions: ArrayLike<ArrayLike<number>>,
  options: ScoreOptions = {},
): ScoreReport {
  requirePairs(['Rows of labels', 'rows of predictions'], labels, predictions);
  const width = labels[0]!.length;
  const counts = new ClassCounts<number>();
  for (let row = 0; row < labels.length; row++) {
    requireSameLength(['Labels of row 0', 'labels'], labels[0]!, labels[row]!, ` of row ${row}`);
    requireSameLength(['Labels', 'predictions'], labels[row]!, predictions[row]!, ` of row ${row}`);
    for (let column = 0; column < width; column++) {
      const isLabelled = indicator('Label', labels, row, column);
      const isPredicted = indicator('Prediction', predictions, row, column);
      if (isLabelled) counts.add(column, 'support');
      if (isPredicted) counts.add(column, 'predicted');
      if (isLabelled && isPredicted) counts.add(column, 'hits');
    }
  }
  return scoreReport(counts, [...Array(width).keys()], options);
}

function indicator(name: string, rows: ArrayLike<ArrayLike<number>>, row: number, column: number): boolean {
  const value = rows[row]![column];
  if (value === 0 || value === 1) return value === 1;
  throw new InputError(
    `${name} ${column} of row ${row} must be 0 or 1, received ${value}; compare logits with 0 first.`,
    { path: `${name.toLowerCase()} ${column} of row ${row}`, expected: '0 or 1', received: value },
  );
}
