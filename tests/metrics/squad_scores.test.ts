import { answerWords } from '../../src/metrics/answer_words';
import { squadScores } from '../../src/metrics/squad_scores';
import { squadV2Scores } from '../../src/metrics/squad_v2_scores';
import fc from '../harness/fast_check';
import { readTable } from './table';

interface Case {
  readonly name: string;
  readonly answers: string[][];
  readonly predictions: string[];
  readonly noAnswerProbabilities?: number[];
  readonly noAnswerThreshold?: number;
  /** Shares, not percent. */
  readonly v1?: { exact_match: number; final_f1: number };
  readonly v2: Record<string, number>;
}

const { words, cases } = readTable<{ words: [string, string[]][]; cases: Case[] }>('squad');

test.each(words)('the words of %j', (text, expected) => {
  expect(answerWords(text)).toEqual(expected);
});

test.each(cases.filter(({ v1 }) => v1))('the script of SQuAD 1.1: $name', ({ answers, predictions, v1 }) => {
  const { exactMatch, f1 } = squadScores(answers, predictions);
  expect([exactMatch / 100, f1 / 100]).toBeCloseToTensor([v1!.exact_match, v1!.final_f1], 1e-6);
});

test.each(cases)('the script of SQuAD 2.0: $name', ({ answers, predictions, v2, ...options }) => {
  const { noAnswerProbabilities, noAnswerThreshold } = options;
  const { hasAnswer, noAnswer, best, ...all } = squadV2Scores(answers, predictions, {
    ...(noAnswerProbabilities && { noAnswerProbabilities }),
    ...(noAnswerThreshold && { noAnswerThreshold }),
  });
  const received: Record<string, number> = { exact: all.exactMatch, f1: all.f1, total: all.total };
  for (const [prefix, part] of Object.entries({ HasAns: hasAnswer, NoAns: noAnswer })) {
    if (part === undefined) continue;
    received[`${prefix}_exact`] = part.exactMatch;
    received[`${prefix}_f1`] = part.f1;
    received[`${prefix}_total`] = part.total;
  }
  if (best !== undefined) {
    received.best_exact = best.exactMatch;
    received.best_exact_thresh = best.exactMatchThreshold;
    received.best_f1 = best.f1;
    received.best_f1_thresh = best.f1Threshold;
  }
  // The script searches for thresholds even without probabilities, where there is nothing to find.
  const names = Object.keys(v2).filter((name) => noAnswerProbabilities || !name.startsWith('best'));
  expect(Object.keys(received).sort()).toEqual([...names].sort());
  expect(names.map((name) => received[name]!)).toBeCloseToTensor(
    names.map((name) => v2[name]!),
    2e-6,
  );
});

const text = fc.string({
  unit: fc.constantFrom('a', 'the', ' ', 'sea', 'É', '.', '“', '日', '😀', '\n'),
  maxLength: 8,
});
const answered = fc.array(fc.tuple(fc.array(text, { minLength: 1, maxLength: 3 }), text), {
  minLength: 1,
  maxLength: 6,
});

test('exact match is at most F1 and both from 0 to 100, in any order of questions, for answers of some words', () => {
  fc.assert(
    fc.property(answered, (pairs) => {
      const [answers, predictions] = [pairs.map(([expected]) => expected), pairs.map(([, guess]) => guess)];
      const { exactMatch, f1 } = squadV2Scores(answers, predictions);
      expect(exactMatch >= 0 && exactMatch <= f1 + 1e-9 && f1 <= 100 + 1e-9).toBe(true);
      const reversed = squadV2Scores([...answers].reverse(), [...predictions].reverse());
      expect([reversed.exactMatch, reversed.f1]).toBeCloseToTensor([exactMatch, f1], 1e-9);
    }),
  );
});

test('the words of words are the words', () => {
  fc.assert(
    fc.property(text, (answer) => {
      const found = answerWords(answer);
      expect(answerWords(found.join(' '))).toEqual(found);
    }),
  );
});

describe('refuses', () => {
  const one = [['x']];
  test.each<[string, () => unknown, RegExp]>([
    ['no questions', () => squadScores([], []), /^Lists of answers must be at least one/],
    ['no questions of 2.0', () => squadV2Scores([], []), /^Lists of answers must be at least one/],
    ['fewer predictions', () => squadScores([['x'], ['y']], ['x']), /received 2 and 1/],
    [
      'a question without an answer',
      () => squadScores([['x'], []], ['x', 'y']),
      /^Question 1 must have.*squadV2Scores/,
    ],
    [
      'fewer probabilities',
      () => squadV2Scores(one, ['x'], { noAnswerProbabilities: [] }),
      /probabilities of no answer must be equally many, received 1 and 0/,
    ],
    [
      'NaN',
      () => squadV2Scores(one, ['x'], { noAnswerProbabilities: [Number.NaN] }),
      /question 0 must be a finite number, received NaN/,
    ],
  ])('%s', (_name, run, message) => {
    expect(run).toThrowDebertaError('input', message);
  });
});
