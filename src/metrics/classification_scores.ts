import { InputError } from '../errors';
import { countClasses } from './count_classes';
import { type ScoreOptions, type ScoreReport, scoreReport } from './score_report';

/** Options of {@link classificationScores}. */
export interface ClassificationScoreOptions extends ScoreOptions {
  /**
   * Class indices that are scored and averaged (`labels` of scikit-learn), such as all but the class of no entity.
   * Default: those that occur among labels or predictions, sorted.
   */
  readonly classes?: readonly number[];
}

/**
 * Precision, recall and F1 of class indices, by class and averaged (`precision_recall_fscore_support` of
 * scikit-learn).
 *
 * @param labels class indices of at least 0.
 * @param predictions a class index for each label.
 * @throws {InputError} for unequal numbers, none at all, what is no class index, or a class listed twice.
 *
 * @example
 * const { macro, perClass } = classificationScores([0, 0, 1, 1], [0, 1, 1, 1]);
 * macro.f1; // 0.733…
 * perClass[1]; // { precision: 0.666…, recall: 1, f1: 0.8, support: 2 }
 */
export function classificationScores(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: ClassificationScoreOptions = {},
): ScoreReport {
  const counts = countClasses(labels, predictions);
  const { classes = counts.classes() } = options;
  if (classes.length === 0 || new Set(classes).size < classes.length) {
    throw new InputError(
      `Option classes must list each class index once, and at least one, received [${classes.slice(0, 20)}].`,
      { path: 'classes', received: classes },
    );
  }
  return scoreReport(counts, classes, options);
}
