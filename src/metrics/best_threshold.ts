import type { AnswerScores } from './answer_scores';

/** A question of SQuAD 2.0 and what became of it. */
export interface JudgedQuestion {
  readonly hasAnswer: boolean;
  /** Whether something was predicted. */
  readonly isAnswered: boolean;
  readonly noAnswerProbability: number;
  /** Those of the predicted answer. */
  readonly scores: AnswerScores;
}

/**
 * The threshold of the probability of no answer that gives the best mean score.
 *
 * The official script's search: from a threshold below all, where nothing is answered, questions join one by one. Of
 * questions with the same probability some may have joined where it finds the best, so such a score can be better than
 * any threshold gives.
 *
 * @returns the score in percent and the threshold; 0 where answering nothing is best.
 */
export function bestThreshold(
  questions: readonly JudgedQuestion[],
  key: keyof AnswerScores,
): { score: number; threshold: number } {
  let sum = questions.filter(({ hasAnswer }) => !hasAnswer).length;
  let best = { sum, threshold: 0 };
  const bySureness = [...questions].sort((a, b) => a.noAnswerProbability - b.noAnswerProbability);
  for (const { hasAnswer, isAnswered, noAnswerProbability, scores } of bySureness) {
    if (hasAnswer) sum += scores[key];
    else if (isAnswered) sum -= 1;
    if (sum > best.sum) best = { sum, threshold: noAnswerProbability };
  }
  return { score: (100 * best.sum) / questions.length, threshold: best.threshold };
}
