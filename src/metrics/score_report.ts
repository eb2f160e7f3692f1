import type { ClassCount, ClassCounts } from './class_counts';

/** Precision, recall and F1 of a class or an average. */
export interface ClassScores {
  /** Share of the predictions of the class that are right. */
  readonly precision: number;
  /** Share of the labels of the class that were found. */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f1: number;
  /** Labels of the class; of all classes for an average. */
  readonly support: number;
}

/** Scores of every class and their averages. */
export interface ScoreReport {
  /** By class index, or by type of entity. */
  readonly perClass: Readonly<Record<string, ClassScores>>;
  /** Of the counts of all classes together. */
  readonly micro: ClassScores;
  /** Mean over the classes. */
  readonly macro: ClassScores;
  /** Mean over the classes, each as often as it is labelled. */
  readonly weighted: ClassScores;
}

/**
 * What a score is whose denominator is 0: the precision of a class never predicted, the recall of a class never
 * labelled, the F1 of a class that is neither. NaN leaves the class out of averages.
 */
export type ZeroDivision = 0 | 1 | typeof Number.NaN;

/** Options of scores by class. */
export interface ScoreOptions {
  /** Default 0, as scikit-learn and seqeval have it where they warn. */
  readonly zeroDivision?: ZeroDivision;
}

/** Scores from counts, as `precision_recall_fscore_support` of scikit-learn makes them, for these classes. */
export function scoreReport<Class extends string | number>(
  counts: ClassCounts<Class>,
  classes: readonly Class[],
  { zeroDivision = 0 }: ScoreOptions = {},
): ScoreReport {
  const rows = classes.map((name) => counts.of(name));
  const scores = rows.map((row) => scoresOf(row, zeroDivision));
  const total = rows.reduce(add, { hits: 0, predicted: 0, support: 0 });
  const averageBy = (weightOf: (row: ClassCount) => number): ClassScores => {
    const weights = rows.map(weightOf);
    const average = (key: 'precision' | 'recall' | 'f1') =>
      averageOf(
        scores.map((score) => score[key]),
        weights,
        zeroDivision,
      );
    return {
      precision: average('precision'),
      recall: average('recall'),
      f1: average('f1'),
      support: total.support,
    };
  };
  return {
    perClass: Object.fromEntries(classes.map((name, index) => [name, scores[index]!])),
    micro: scoresOf(total, zeroDivision),
    macro: averageBy(() => 1),
    weighted: averageBy(({ support }) => support),
  };
}

function scoresOf({ hits, predicted, support }: ClassCount, zeroDivision: ZeroDivision): ClassScores {
  const divide = (numerator: number, denominator: number) =>
    denominator === 0 ? zeroDivision : numerator / denominator;
  return {
    precision: divide(hits, predicted),
    recall: divide(hits, support),
    f1: divide(2 * hits, predicted + support),
    support,
  };
}

function add(a: ClassCount, b: ClassCount): ClassCount {
  return { hits: a.hits + b.hits, predicted: a.predicted + b.predicted, support: a.support + b.support };
}

/** Weighted mean of what is not NaN; the plain mean where all weights are 0, and `empty` of no values. */
function averageOf(values: readonly number[], weights: readonly number[], empty: number): number {
  const kept = values.map((_, index) => index).filter((index) => !Number.isNaN(values[index]));
  if (kept.length === 0) return values.length === 0 ? empty : Number.NaN;
  const sum = kept.reduce((total, index) => total + weights[index]!, 0);
  const weightOf = sum === 0 ? () => 1 / kept.length : (index: number) => weights[index]! / sum;
  return kept.reduce((total, index) => total + values[index]! * weightOf(index), 0);
}
