import { InputError } from '../errors';
import { type AnswerScores, answerScores, meanPercent } from './answer_scores';
import { answerWords } from './answer_words';
import { bestThreshold, type JudgedQuestion } from './best_threshold';
import { requirePairs, requireSameLength } from './require_pairs';

/** Options of {@link squadV2Scores}. */
export interface SquadV2Options {
  /**
   * How sure the model is that each question has no answer; probabilities, or any number that grows with it. Default: 0
   * for each, and no search for thresholds.
   */
  readonly noAnswerProbabilities?: ArrayLike<number>;
  /** Above this probability a question counts as answered by nothing. Default 1. */
  readonly noAnswerThreshold?: number;
}

/** Means in percent over some of the questions. */
export interface SquadV2Part extends AnswerScores {
  /** Questions there are. */
  readonly total: number;
}

/** Scores of SQuAD 2.0. */
export interface SquadV2Scores extends SquadV2Part {
  /** Those of the questions that have an answer, if there are any. */
  readonly hasAnswer?: SquadV2Part;
  /** Those of the questions that have none, if there are any. */
  readonly noAnswer?: SquadV2Part;
  /** What the best threshold would give, where probabilities are given. */
  readonly best?: AnswerScores & {
    /** Threshold of the best exact match. */
    readonly exactMatchThreshold: number;
    /** Threshold of the best F1. */
    readonly f1Threshold: number;
  };
}

/**
 * Exact match and F1 of answers, SQuAD 2.0 (`squad_v2` of Hugging Face's evaluate): a question may have no answer, and
 * the empty text says so.
 *
 * @param answers the answers to each question that annotators gave, none for a question that cannot be answered.
 * @param predictions an answer to each question, `''` for none.
 * @returns means in percent, 0 to 100.
 * @throws {InputError} for unequal numbers, no questions, or a probability that is not a finite number.
 *
 * @example
 * const { exactMatch, hasAnswer, best } = squadV2Scores([['Paris'], []], ['Paris', 'Rome'], {
 *   noAnswerProbabilities: [0.1, 0.9],
 * });
 * [exactMatch, hasAnswer?.exactMatch, best?.exactMatch, best?.exactMatchThreshold]; // [50, 100, 100, 0.1]
 */
export function squadV2Scores(
  answers: readonly (readonly string[])[],
  predictions: readonly string[],
  { noAnswerProbabilities, noAnswerThreshold = 1 }: SquadV2Options = {},
): SquadV2Scores {
  requirePairs(['Lists of answers', 'predictions'], answers, predictions);
  if (noAnswerProbabilities !== undefined) requireProbabilities(answers, noAnswerProbabilities);
  const questions = answers.map((given, index): JudgedQuestion => {
    const expected = given.filter((answer) => answerWords(answer).length > 0);
    const predicted = predictions[index]!;
    return {
      hasAnswer: given.length > 0,
      isAnswered: predicted !== '',
      noAnswerProbability: noAnswerProbabilities?.[index] ?? 0,
      // Expected answers of articles and punctuation alone count as none, though the question counts as one with an answer.
      scores: answerScores(expected.length > 0 ? expected : [''], predicted, 1),
    };
  });
  const withAnswer = questions.filter(({ hasAnswer }) => hasAnswer);
  const withoutAnswer = questions.filter(({ hasAnswer }) => !hasAnswer);
  const part = (some: readonly JudgedQuestion[]): SquadV2Part => ({
    ...meanPercent(some.map((question) => applyThreshold(question, noAnswerThreshold))),
    total: some.length,
  });
  return {
    ...part(questions),
    ...(withAnswer.length > 0 && { hasAnswer: part(withAnswer) }),
    ...(withoutAnswer.length > 0 && { noAnswer: part(withoutAnswer) }),
    ...(noAnswerProbabilities !== undefined && { best: bestScores(questions) }),
  };
}

function requireProbabilities(answers: readonly unknown[], probabilities: ArrayLike<number>): void {
  requireSameLength(['Lists of answers', 'probabilities of no answer'], answers, probabilities);
  const at = Array.from(probabilities).findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new InputError(
    `The probability of no answer to question ${at} must be a finite number, received ${probabilities[at]}.`,
    { path: `probability of question ${at}`, expected: 'a finite number', received: probabilities[at] },
  );
}

function applyThreshold({ hasAnswer, noAnswerProbability, scores }: JudgedQuestion, threshold: number): AnswerScores {
  if (noAnswerProbability <= threshold) return scores;
  return { exactMatch: Number(!hasAnswer), f1: Number(!hasAnswer) };
}

function bestScores(questions: readonly JudgedQuestion[]): NonNullable<SquadV2Scores['best']> {
  const [exact, f1] = [bestThreshold(questions, 'exactMatch'), bestThreshold(questions, 'f1')];
  return { exactMatch: exact.score, exactMatchThreshold: exact.threshold, f1: f1.score, f1Threshold: f1.threshold };
}
