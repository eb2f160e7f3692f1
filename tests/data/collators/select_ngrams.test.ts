import { selectNgrams } from '../../../src/data/collators/select_ngrams';
import type { TokenSpan } from '../../../src/data/collators/word_spans';
import { RandomStream } from '../../../src/ops/random_stream';

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Words of one token each, one after another. */
function words(count: number): TokenSpan[] {
  return Array.from({ length: count }, (_, word) => ({ from: word, to: word + 1 }));
}

/** How long stretches of neighbouring positions are. */
function stretchesOf(positions: readonly number[]): number[] {
  const lengths: number[] = [];
  const sorted = [...positions].sort((a, b) => a - b);
  for (const [index, position] of sorted.entries()) {
    if (position === sorted[index - 1]! + 1) lengths[lengths.length - 1]!++;
    else lengths.push(1);
  }
  return lengths;
}

test('lengths have a probability that is inverse to them', () => {
  // So few are chosen that hardly any two stretches touch.
  const settings = { probability: 0.01, maxNgram: 3, limit: NO_LIMIT };
  const lengths = stretchesOf(selectNgrams(words(1_000_000), settings, new RandomStream(5)));
  expect(lengths.length).toBeGreaterThan(5500);
  const share = (wanted: number) => lengths.filter((length) => length === wanted).length / lengths.length;
  // 1, 1/2 and 1/3 of their sum; a standard deviation is 0.006.
  expect(Math.abs(share(1) - 6 / 11)).toBeLessThan(0.025);
  expect(Math.abs(share(2) - 3 / 11)).toBeLessThan(0.025);
  expect(Math.abs(share(3) - 2 / 11)).toBeLessThan(0.025);
});

test('one stretch is chosen of each context of n / probability words', () => {
  const settings = { probability: 0.15, maxNgram: 1, limit: NO_LIMIT };
  const positions = selectNgrams(words(600), settings, new RandomStream(5)).sort((a, b) => a - b);
  expect(positions.map((position) => Math.floor(position / 6))).toEqual(Array.from({ length: 100 }, (_, at) => at));
  expect(new Set(positions.map((position) => position % 6))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
});

test('a stretch does not reach over a gap, such as a special token', () => {
  const apart = Array.from({ length: 3000 }, (_, word) => ({ from: 2 * word, to: 2 * word + 1 }));
  const settings = { probability: 0.1, maxNgram: 3, limit: NO_LIMIT };
  const positions = selectNgrams(apart, settings, new RandomStream(5));
  // Contexts of 10, 20 and 30 words, 16.4 on average, have one word each.
  expect(Math.abs(positions.length - 3000 / 16.4)).toBeLessThan(20);
});

test('stops at the limit, after a whole word', () => {
  const settings = { probability: 0.5, maxNgram: 1, limit: 4 };
  const threes = Array.from({ length: 10 }, (_, word) => ({ from: 3 * word, to: 3 * word + 3 }));
  expect(selectNgrams(threes, settings, new RandomStream(5))).toHaveLength(6);
});

test.each([
  ['no word', 0, []],
  ['one word, whatever is asked for', 1, [0]],
])('chooses of %s', (_name, count, expected) => {
  const settings = { probability: 0.15, maxNgram: 1e9, limit: NO_LIMIT };
  expect(selectNgrams(words(count), settings, new RandomStream(5))).toEqual(expected);
});
