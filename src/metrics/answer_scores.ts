import { answerWords } from './answer_words';

/** Scores of one answer to a question: 0 to 1 each. */
export interface AnswerScores {
  /** 1 if the words are those of an expected answer, in order. */
  readonly exactMatch: number;
  /** Harmonic mean of precision and recall of the words, in any order. */
  readonly f1: number;
}

/**
 * Scores of an answer against each of the expected ones, the best of each score.
 *
 * @param expected answers, at least one.
 * @param emptyF1 F1 of an answer of no words where none are expected: 0 in SQuAD 1.1, 1 in 2.0.
 */
export function answerScores(expected: readonly string[], predicted: string, emptyF1: 0 | 1): AnswerScores {
  const words = answerWords(predicted);
  return expected.map(answerWords).reduce<AnswerScores>(
    (best, answer) => ({
      exactMatch: Math.max(best.exactMatch, Number(answer.join(' ') === words.join(' '))),
      f1: Math.max(best.f1, wordF1(answer, words, emptyF1)),
    }),
    { exactMatch: 0, f1: 0 },
  );
}

/** Means of scores, in percent. */
export function meanPercent(scores: readonly AnswerScores[]): AnswerScores {
  const mean = (key: keyof AnswerScores) => (100 * scores.reduce((sum, score) => sum + score[key], 0)) / scores.length;
  return { exactMatch: mean('exactMatch'), f1: mean('f1') };
}

function wordF1(expected: readonly string[], predicted: readonly string[], emptyF1: 0 | 1): number {
  if (expected.length === 0 && predicted.length === 0) return emptyF1;
  const left = new Map<string, number>();
  for (const word of expected) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of predicted) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common++;
  }
  return (2 * common) / (expected.length + predicted.length);
}
