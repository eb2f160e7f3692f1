import {
  type Side,
  type TruncationStrategy,
  truncateSequences,
} from '../../../src/tokenization/encoding/truncate_sequences';

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

// Lengths of a and b, tokens to remove, lengths left: those of truncate_sequences of transformers 4.57.
const longestFirst: [a: number, b: number, remove: number, leftA: number, leftB: number][] = [
  [7, 7, 5, 5, 4],
  [5, 6, 4, 4, 3],
  [6, 5, 4, 4, 3],
  [10, 2, 3, 7, 2],
  [2, 10, 3, 2, 7],
  [10, 2, 8, 2, 2],
  [10, 2, 9, 2, 1],
  [10, 2, 10, 1, 1],
  [3, 3, 6, 0, 0],
  [3, 3, 9, 0, 0],
  [0, 4, 2, 0, 2],
];

test.each(longestFirst)(
  'longest_first on %i and %i tokens, %i too many, leaves %i and %i',
  (a, b, remove, leftA, leftB) => {
    const options = { remove, strategy: 'longest_first', stride: 0 } as const;
    expect(truncateSequences(ids(a), ids(b, 100), { ...options, side: 'right' })).toEqual({
      first: ids(leftA),
      second: ids(leftB, 100),
      overflowing: [],
    });
    expect(truncateSequences(ids(a), ids(b, 100), { ...options, side: 'left' })).toEqual({
      first: ids(leftA, a - leftA),
      second: ids(leftB, 100 + b - leftB),
      overflowing: [],
    });
  },
);

interface Case {
  name: string;
  strategy: TruncationStrategy;
  second?: number[];
  remove: number;
  stride?: number;
  side?: Side;
  left: [first: number[], second?: number[]];
  overflowing?: number[];
}

const oneSequence: Case[] = [
  {
    name: 'a single sequence loses its end',
    strategy: 'longest_first',
    remove: 2,
    left: [[0, 1, 2]],
    overflowing: [3, 4],
  },
  {
    name: 'or its beginning',
    strategy: 'longest_first',
    remove: 2,
    side: 'left',
    left: [[2, 3, 4]],
    overflowing: [0, 1],
  },
  {
    name: 'stride repeats kept tokens',
    strategy: 'only_first',
    remove: 2,
    stride: 1,
    left: [[0, 1, 2]],
    overflowing: [2, 3, 4],
  },
  {
    name: 'stride repeats them on the left too',
    strategy: 'only_first',
    remove: 2,
    stride: 1,
    side: 'left',
    left: [[2, 3, 4]],
    overflowing: [0, 1, 2],
  },
  {
    name: 'stride ends at the sequence',
    strategy: 'only_first',
    remove: 2,
    stride: 9,
    left: [[0, 1, 2]],
    overflowing: [0, 1, 2, 3, 4],
  },
  {
    name: 'only_first spares the second',
    strategy: 'only_first',
    second: [8, 9],
    remove: 4,
    left: [[0], [8, 9]],
    overflowing: [1, 2, 3, 4],
  },
  {
    name: 'only_second spares the first',
    strategy: 'only_second',
    second: [7, 8, 9],
    remove: 2,
    left: [[0, 1, 2, 3, 4], [7]],
    overflowing: [8, 9],
  },
  {
    name: 'only_second on the left',
    strategy: 'only_second',
    second: [7, 8, 9],
    remove: 1,
    stride: 1,
    side: 'left',
    left: [
      [0, 1, 2, 3, 4],
      [8, 9],
    ],
    overflowing: [7, 8],
  },
  { name: 'only_second without a second does nothing', strategy: 'only_second', remove: 2, left: [[0, 1, 2, 3, 4]] },
  { name: 'nothing to remove', strategy: 'longest_first', remove: 0, left: [[0, 1, 2, 3, 4]] },
  { name: 'room left', strategy: 'longest_first', remove: -3, left: [[0, 1, 2, 3, 4]] },
  { name: 'do_not_truncate', strategy: 'do_not_truncate', remove: 3, left: [[0, 1, 2, 3, 4]] },
];

test.each(oneSequence)('$name', ({ strategy, second, remove, stride = 0, side = 'right', left, overflowing = [] }) => {
  expect(truncateSequences(ids(5), second, { remove, strategy, stride, side })).toEqual({
    first: left[0],
    second: left[1],
    overflowing,
  });
});

const impossible: [name: string, strategy: TruncationStrategy, second: number[] | undefined, problem: RegExp][] = [
  ['all of a single sequence', 'longest_first', undefined, /^5 tokens should be cut off but the first sequence has 5/],
  [
    'all of the first',
    'only_first',
    [8, 9],
    /choose another truncation than only_first, such as longest_first or only_second\.$/,
  ],
  ['more than the second', 'only_second', [8, 9], /the second sequence has 2.*such as longest_first or only_first\.$/],
];

test.each(impossible)('does nothing and says why when it would remove %s', (_name, strategy, second, problem) => {
  const result = truncateSequences(ids(5), second, { remove: 5, strategy, stride: 0, side: 'right' });
  expect(result).toEqual({ first: ids(5), second, overflowing: [], problem: expect.stringMatching(problem) });
});
