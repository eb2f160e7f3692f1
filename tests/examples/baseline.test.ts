import {
  bagOfWordsBaseline,
  mostFrequentTagBaseline,
  overlapBaseline,
  sentenceBaseline,
  unigramLossBaseline,
} from '../../examples/baseline';

describe('bagOfWordsBaseline', () => {
  const texts = ['A good film', 'good, GOOD fun', 'a bad film', 'nothing but noise', 'noise again'];
  const classify = bagOfWordsBaseline(texts, [1, 1, 0, 0, 0]);

  test.each([
    ['Good!', 1],
    ['fun film', 1],
    ['bad noise', 0],
    ['words it never saw', 0], // the more frequent label
    ['', 0],
  ])('%j is of class %i', (text, label) => {
    expect(classify(text)).toBe(label);
  });

  test('weighs words by Bayes, each count raised by one', () => {
    // P(a) P(x|a) = 2/3 · 2/6 = 0.222; P(b) P(x|b) = 1/3 · 3/5 = 0.2 with two x, and 1/3 · 5/7 = 0.238 with four.
    const afterTexts = (...texts: string[]) => bagOfWordsBaseline(texts, ['a', 'a', 'b']);
    expect(afterTexts('x', 'y z', 'x x')('x')).toBe('a');
    expect(afterTexts('x', 'y z', 'x x x x')('x')).toBe('b');
    // And y, 2/6 in a and 1/7 in b, turns it round.
    expect(afterTexts('x', 'y z', 'x x x x')('x y')).toBe('a');
  });
});

describe('mostFrequentTagBaseline', () => {
  const tag = mostFrequentTagBaseline(
    [
      ['Ann', 'saw', 'the', 'saw'],
      ['the', 'saw', 'Paris'],
    ],
    [
      ['B-PER', 'O', 'O', 'TOOL'],
      ['O', 'TOOL', 'B-LOC'],
    ],
  );

  test('gives each word its most frequent tag, and others the most frequent of all', () => {
    expect(tag(['Ann', 'saw', 'Oslo', 'ann'])).toEqual(['B-PER', 'TOOL', 'O', 'O']);
    expect(tag([])).toEqual([]);
  });

  test('a word named as a property of objects is a word', () => {
    expect(tag(['constructor', '__proto__'])).toEqual(['O', 'O']);
  });
});

test.each([
  ['most words', 'Where do whales live?', ['Bees live in hives.', 'The whales live in the sea.'], 1],
  ['the first of equal ones', 'whales', ['a whale', 'whales!', 'Whales'], 1],
  ['a word counts once', 'sea or land', ['sea sea sea', 'sea and land'], 1],
  ['the first where nothing is shared', 'x', ['a', 'b'], 0],
])('overlapBaseline: %s', (_name, question, texts, index) => {
  expect(overlapBaseline(question, texts)).toBe(index);
});

test.each([
  ['Who wrote it?', 'It is long. Melville wrote it in 1851! Few read it.', 'Melville wrote it in 1851!'],
  ['Who?', '', ''],
  ['Who?', 'One sentence', 'One sentence'],
])('sentenceBaseline: %j', (question, context, answer) => {
  expect(sentenceBaseline(question, context)).toBe(answer);
});

test('unigramLossBaseline is the cross-entropy of smoothed counts', () => {
  // Of 4 tokens and 4 kinds: token 0 has (3 + 1) / 8, token 1 (1 + 1) / 8, the others 1 / 8.
  expect(unigramLossBaseline([0, 0, 0, 1], [0, 1, 3], 4)).toBeCloseTo(
    (Math.log(2) + Math.log(4) + Math.log(8)) / 3,
    12,
  );
  expect(unigramLossBaseline([], [5], 10)).toBeCloseTo(Math.log(10), 12);
});

test.each<[string, () => unknown]>([
  ['texts', () => bagOfWordsBaseline([], [])],
  ['labels', () => bagOfWordsBaseline(['a', 'b'], [1])],
  ['sentences', () => mostFrequentTagBaseline([], [])],
  ['tags', () => mostFrequentTagBaseline([['a', 'b']], [['O']])],
  ['choices', () => overlapBaseline('a', [])],
  ['tokens', () => unigramLossBaseline([1], [], 4)],
])('too few %s are refused', (_name, run) => {
  expect(run).toThrowDebertaError('input', /^A baseline must have at least one example/);
});
