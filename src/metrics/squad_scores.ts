import { InputError } from '../errors';
import { type AnswerScores, answerScores, meanPercent } from './answer_scores';
import { requirePairs } from './require_pairs';

/**
 * Exact match and F1 of answers, SQuAD 1.1 (`squad` of Hugging Face's evaluate): every question has an answer.
 *
 * @param answers the answers to each question that annotators gave, at least one; the best counts.
 * @param predictions an answer to each question.
 * @returns means in percent, 0 to 100.
 * @throws {InputError} for unequal numbers, no questions, or a question without an answer.
 *
 * @example
 * squadScores([['Denver Broncos', 'The Broncos']], ['the Broncos!']); // { exactMatch: 100, f1: 100 }
 */
export function squadScores(answers: readonly (readonly string[])[], predictions: readonly string[]): AnswerScores {
  requirePairs(['Lists of answers', 'predictions'], answers, predictions);
  const scores = answers.map((expected, question) => {
    if (expected.length > 0) return answerScores(expected, predictions[question]!, 0);
    throw new InputError(
      `Question ${question} must have at least one answer in SQuAD 1.1, received none; squadV2Scores takes questions without.`,
      { path: `answers of question ${question}`, expected: 'at least one', received: 0 },
    );
  });
  return meanPercent(scores);
}
