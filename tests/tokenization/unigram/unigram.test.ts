import { PieceTrie } from '../../../src/tokenization/unigram/piece_trie';
import { Unigram } from '../../../src/tokenization/unigram/unigram';
import { LARGEST_SUM, Viterbi } from '../../../src/tokenization/unigram/viterbi';
import { LONGEST_CACHED } from '../../../src/tokenization/unigram/word_cache';
import fc from '../../harness/fast_check';
import { unitsOf } from './units';

const UNK = 0;
const UNK_SCORE = -20;

/** Pieces of `▁`, `a`, `b` and scores with few values, so that many words have ties. */
const vocabularies = fc
  .uniqueArray(fc.stringMatching(/^▁?[ab]{1,4}$/), { minLength: 1, maxLength: 12 })
  .chain((pieces) =>
    fc.record({
      pieces: fc.constant(['[UNK]', '▁', ...pieces]),
      scores: fc.array(fc.constantFrom(-1.1, -2.2, -3.3, -9.870000839233398), {
        minLength: pieces.length + 2,
        maxLength: pieces.length + 2,
      }),
    }),
  );
const words = fc.array(fc.stringMatching(/^▁[abx😀]{0,12}$/u), { minLength: 1, maxLength: 40 });

function unigram(pieces: readonly string[], scores: readonly number[], precision: 'float32' | 'float64'): Unigram {
  return new Unigram({
    trie: new PieceTrie(pieces),
    scores: Float64Array.from(scores, Math.fround),
    unkId: UNK,
    unkScore: UNK_SCORE,
    precision,
  });
}

/** Pieces of a text, word by word. */
function byWord(segmenter: Unigram, texts: readonly string[]): number[] {
  segmenter.beginText();
  return texts.flatMap((text) => {
    const units = unitsOf(text);
    const count = segmenter.segmentWord(units, 0, units.length);
    return [...segmenter.ids.subarray(segmenter.at, segmenter.at + count)];
  });
}

/** Pieces of a text in one go, without remembering anything: what SentencePiece does. */
function atOnce(pieces: readonly string[], scores: readonly number[], text: string): number[] {
  const edges = Float64Array.from(scores, Math.fround);
  edges[UNK] = Number.NaN;
  const viterbi = new Viterbi(new PieceTrie(pieces), edges, UNK, UNK_SCORE);
  const count = viterbi.segmentRounded(unitsOf(text), 0, text.length, 0);
  return Array.from(viterbi.ids.subarray(0, count));
}

/** Best sum of scores over all ways to cut a text, by trying each. */
function bestSum(pieces: readonly string[], scores: readonly number[], text: string): number {
  if (text === '') return 0;
  const [character] = text;
  const covered = pieces.some((piece, id) => id !== UNK && piece === character);
  const rest = (length: number) => bestSum(pieces, scores, text.slice(length));
  const sums = pieces.flatMap((piece, id) =>
    id !== UNK && text.startsWith(piece) ? [Math.fround(scores[id]!) + rest(piece.length)] : [],
  );
  return Math.max(...sums, ...(covered ? [] : [UNK_SCORE + rest(character!.length)]));
}

const CASES: [name: string, text: string, pieces: string[]][] = [
  ['the best sum wins, not the longest piece', '▁ab', ['▁a', 'b']],
  ['of equally good ways the one found first stays', 'aaa', ['a', 'aa']],
  ['each character that no piece covers is an entry', 'x😀', ['[UNK]', '[UNK]']],
  ['a piece that is no text is never matched', '<0x41>', ['[UNK]', '[UNK]', '[UNK]', '[UNK]', '[UNK]', '[UNK]']],
  ['nothing', '', []],
];

test.each(CASES)('%s', (_, text, expected) => {
  const pieces = ['[UNK]', '▁a', 'b', '▁ab', 'a', 'aa', '<0x41>'];
  const segmenter = unigram(pieces, [0, -1, -1, -3, -2, -3, Number.NaN], 'float64');
  const count = segmenter.segment(`..${text}..`, 2, 2 + text.length);
  expect(Array.from(segmenter.pathIds.subarray(0, count), (id) => pieces[id])).toEqual(expected);
  const ends = Array.from(segmenter.pathEnds.subarray(0, count));
  expect(ends.at(-1) ?? 2).toBe(2 + text.length);
});

test('no way to cut a word is better than the one found', () => {
  fc.assert(
    fc.property(vocabularies, fc.stringMatching(/^▁[abx]{0,9}$/), ({ pieces, scores }, word) => {
      const ids = byWord(unigram(pieces, scores, 'float64'), [word]);
      const sum = ids.reduce((total, id) => total + (id === UNK ? UNK_SCORE : Math.fround(scores[id]!)), 0);
      expect(sum).toBeCloseTo(bestSum(pieces, scores, word), 9);
    }),
  );
});

test('cutting word by word, with words remembered, is cutting the text at once', () => {
  fc.assert(
    fc.property(vocabularies, words, ({ pieces, scores }, texts) => {
      const segmenter = unigram(pieces, scores, 'float32');
      const expected = atOnce(pieces, scores, texts.join(''));
      expect(byWord(segmenter, texts)).toEqual(expected);
      expect(byWord(segmenter, texts)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

test('so it is where sums are large and begin anew', () => {
  const pieces = ['[UNK]', '▁', 'a', 'b', 'ab', 'ba', 'aba'];
  const scores = [0, -6.1, -5.5, -5.3, -9.7, -9.9, -15.0001];
  const texts = Array.from({ length: 12_000 }, (_, index) => `▁${'abab'.slice(index % 4)}${'ba'.repeat(index % 3)}x`);
  const segmenter = unigram(pieces, scores, 'float32');
  expect(texts.length * -UNK_SCORE).toBeGreaterThan(2 * LARGEST_SUM);
  expect(byWord(segmenter, texts)).toEqual(atOnce(pieces, scores, texts.join('')));
});

test('more words than are remembered, and words that are too long for it', () => {
  const pieces = ['[UNK]', '▁', 'a', 'b', 'ab'];
  const scores = [0, -1, -2, -2, -4];
  const long = `▁${'ab'.repeat(LONGEST_CACHED)}`;
  const binary = (number: number) => `▁${number.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')}`;
  const texts = Array.from({ length: 45_000 }, (_, index) => (index % 1000 === 0 ? long : binary(index)));
  const segmenter = unigram(pieces, scores, 'float64');
  const first = byWord(segmenter, texts);
  expect(byWord(segmenter, texts)).toEqual(first);
  expect(first.map((id) => pieces[id]).join('')).toBe(texts.join(''));
});

test('the work grows with the length of a text without spaces, not faster', () => {
  const pieces = ['[UNK]', 'a', 'aa', 'aaa', 'aaaa'];
  class Counting extends PieceTrie {
    steps = 0;
    override child(node: number, unit: number): number {
      this.steps++;
      return super.child(node, unit);
    }
  }
  const steps = [1000, 200_000].map((length) => {
    const trie = new Counting(pieces);
    const viterbi = new Viterbi(trie, Float64Array.of(Number.NaN, -1, -2, -3, -4), UNK, UNK_SCORE);
    expect(viterbi.segmentRounded(unitsOf('a'.repeat(length)), 0, length, 0)).toBeGreaterThan(0);
    return trie.steps;
  });
  expect(steps[1]! / steps[0]!).toBeLessThan(202);
});
