import { accuracy } from './accuracy';
import { classificationScores } from './classification_scores';
import { type EntityScoreOptions, entityScores } from './entity_scores';
import { matthewsCorrelation } from './matthews_correlation';
import { multiLabelScores } from './multi_label_scores';
import { pearsonCorrelation } from './pearson_correlation';
import { perplexity } from './perplexity';
import { spearmanCorrelation } from './spearman_correlation';
import { squadScores } from './squad_scores';
import { type SquadV2Options, squadV2Scores } from './squad_v2_scores';
import { squaredError } from './squared_error';
import type { TaskMetrics } from './task_metrics';

/**
 * Metrics of a classifier of one label a text: accuracy, the mean of the classes' F1 scores, Matthews correlation.
 *
 * @param labels class indices.
 * @param predictions a class index for each label.
 * @throws {InputError} for unequal numbers, none at all, or what is no class index.
 *
 * @example
 * evaluateSingleLabel([0, 1, 1], [0, 1, 0]); // { accuracy: 0.666…, f1: 0.666…, matthews_correlation: 0.5 }
 */
export function evaluateSingleLabel(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
): TaskMetrics<'single_label_classification'> {
  return {
    accuracy: accuracy(labels, predictions),
    f1: classificationScores(labels, predictions).macro.f1,
    matthews_correlation: matthewsCorrelation(labels, predictions),
  };
}

/**
 * Metrics of a classifier of several labels a text: F1 of all labels together, and the mean of the labels' F1 scores.
 *
 * @param labels rows of 0 and 1.
 * @param predictions rows of the same form.
 * @throws {InputError} for unequal numbers, no rows, or values other than 0 and 1.
 */
export function evaluateMultiLabel(
  labels: ArrayLike<ArrayLike<number>>,
  predictions: ArrayLike<ArrayLike<number>>,
): TaskMetrics<'multi_label_classification'> {
  const { micro, macro } = multiLabelScores(labels, predictions);
  return { f1: micro.f1, f1_macro: macro.f1 };
}

/**
 * Metrics of a regression: both correlations, which are NaN where a series is constant, and the mean squared error.
 *
 * @param labels numbers.
 * @param predictions a number for each label.
 * @throws {InputError} for unequal numbers, or none at all.
 */
export function evaluateRegression(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
): TaskMetrics<'regression'> {
  return {
    pearson: pearsonCorrelation(labels, predictions),
    spearman: spearmanCorrelation(labels, predictions),
    mse: squaredError(labels, predictions),
  };
}

/**
 * Metrics of a classifier of tokens: precision, recall and F1 of all entities together, accuracy of the tags.
 *
 * @param labels tags of each text, without those of ignored tokens; see `entityScores`.
 * @param predictions tags of the same form.
 * @throws {InputError} for unequal numbers, none at all, or tags that are empty or not in the scheme.
 */
export function evaluateTokens(
  labels: readonly (readonly string[])[],
  predictions: readonly (readonly string[])[],
  options: EntityScoreOptions = {},
): TaskMetrics<'token_classification'> {
  const { micro, accuracy } = entityScores(labels, predictions, options);
  return { f1: micro.f1, precision: micro.precision, recall: micro.recall, accuracy };
}

/** What `evaluateAnswers` gives: the first two always, the others of SQuAD 2.0 where they exist. */
export type AnswerMetrics = TaskMetrics<'question_answering'> & {
  readonly [name in
    | 'HasAns_exact'
    | 'HasAns_f1'
    | 'NoAns_exact'
    | 'NoAns_f1'
    | 'best_exact'
    | 'best_exact_thresh'
    | 'best_f1'
    | 'best_f1_thresh']?: number;
};

/**
 * Metrics of extracted answers, in percent, by the names of the official scripts: SQuAD 1.1 if every question has an
 * answer and no probabilities are given, else SQuAD 2.0.
 *
 * @param answers the expected answers to each question, none for a question that cannot be answered.
 * @param predictions an answer to each question, `''` for none.
 * @throws {InputError} for unequal numbers, no questions, or a probability that is not a finite number.
 *
 * @example
 * evaluateAnswers([['Paris']], ['in Paris']); // { f1: 66.6…, exact_match: 0 }
 */
export function evaluateAnswers(
  answers: readonly (readonly string[])[],
  predictions: readonly string[],
  options: SquadV2Options = {},
): AnswerMetrics {
  if (options.noAnswerProbabilities === undefined && answers.every(({ length }) => length > 0)) {
    const { f1, exactMatch } = squadScores(answers, predictions);
    return { f1, exact_match: exactMatch };
  }
  const { f1, exactMatch, hasAnswer, noAnswer, best } = squadV2Scores(answers, predictions, options);
  return {
    f1,
    exact_match: exactMatch,
    ...(hasAnswer && { HasAns_exact: hasAnswer.exactMatch, HasAns_f1: hasAnswer.f1 }),
    ...(noAnswer && { NoAns_exact: noAnswer.exactMatch, NoAns_f1: noAnswer.f1 }),
    ...(best && {
      best_exact: best.exactMatch,
      best_exact_thresh: best.exactMatchThreshold,
      best_f1: best.f1,
      best_f1_thresh: best.f1Threshold,
    }),
  };
}

/**
 * Perplexity of a masked language model.
 *
 * @param meanLoss mean cross-entropy of the masked tokens, in nats; see `perplexity`.
 */
export function evaluateMaskedLM(meanLoss: number): TaskMetrics<'masked_lm'> {
  return { perplexity: perplexity(meanLoss) };
}

/**
 * Accuracy of a choice among several.
 *
 * @param labels index of the right choice of each question.
 * @param predictions index of the chosen one.
 * @throws {InputError} for unequal numbers, or none at all.
 */
export function evaluateChoices(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
): TaskMetrics<'multiple_choice'> {
  return { accuracy: accuracy(labels, predictions) };
}
