import { truncateToWindows, type WindowSettings } from '../../../src/tokenization/encoding/token_windows';

type Windows = [from: number, to: number][];
const settings = (given: Partial<WindowSettings>): WindowSettings => ({
  strategy: 'longest_first',
  maxLength: undefined,
  stride: 0,
  side: 'right',
  ...given,
});
const run = (lengths: [number, number?], given: Partial<WindowSettings>) => {
  const { first, second } = truncateToWindows(lengths[0], lengths[1], settings(given));
  return [first, second].map((windows) => windows?.map(({ from, to }) => [from, to]));
};

const single: [name: string, length: number, given: Partial<WindowSettings>, windows: Windows][] = [
  ['no limit', 5, {}, [[0, 5]]],
  ['room enough', 5, { maxLength: 5 }, [[0, 5]]],
  ['nothing', 0, { maxLength: 3 }, [[0, 0]]],
  ['no truncation', 5, { maxLength: 2, strategy: 'do_not_truncate' }, [[0, 5]]],
  [
    'windows side by side',
    5,
    { maxLength: 2 },
    [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  ],
  [
    'a stride',
    6,
    { maxLength: 4, stride: 2 },
    [
      [0, 4],
      [2, 6],
    ],
  ],
  [
    'a stride and a rest',
    7,
    { maxLength: 4, stride: 2 },
    [
      [0, 4],
      [2, 6],
      [4, 7],
    ],
  ],
  [
    'the left side',
    5,
    { maxLength: 2, side: 'left' },
    [
      [3, 5],
      [1, 3],
      [0, 1],
    ],
  ],
  [
    'the left side and a stride',
    6,
    { maxLength: 3, stride: 1, side: 'left' },
    [
      [3, 6],
      [1, 4],
      [0, 2],
    ],
  ],
  [
    'no room at all',
    3,
    { maxLength: 0 },
    [
      [0, 0],
      [0, 3],
    ],
  ],
  [
    'only_first',
    5,
    { maxLength: 3, strategy: 'only_first' },
    [
      [0, 3],
      [3, 5],
    ],
  ],
];
test.each(single)('one sequence with %s', (_name, length, given, windows) => {
  expect(run([length], given)).toEqual([windows, undefined]);
});

// Lengths, the room for both, what is left of each: those of Hugging Face's Rust library.
const shares: [first: number, second: number, room: number, left: [number, number]][] = [
  [7, 7, 9, [4, 5]],
  [5, 6, 7, [3, 4]],
  [6, 5, 7, [4, 3]],
  [10, 2, 9, [7, 2]],
  [2, 10, 9, [2, 7]],
  [10, 2, 3, [2, 1]],
  [3, 3, 0, [0, 0]],
  [0, 4, 2, [0, 2]],
];
test.each(shares)('longest_first on %i and %i tokens with room for %i leaves %j', (first, second, maxLength, left) => {
  const { first: a, second: b } = truncateToWindows(first, second, settings({ maxLength }));
  expect([a[0]!.to, b![0]!.to]).toEqual(left);
});

test('only_second leaves the first sequence alone', () => {
  expect(run([4, 5], { maxLength: 6, strategy: 'only_second', stride: 1 })).toEqual([
    [[0, 4]],
    [
      [0, 2],
      [1, 3],
      [2, 4],
      [3, 5],
    ],
  ]);
});

const refused: [name: string, lengths: [number, number?], given: Partial<WindowSettings>, message: RegExp][] = [
  [
    'only_second without a second sequence',
    [5],
    { maxLength: 3, strategy: 'only_second' },
    /^truncation: only_second needs a pair of texts, received one text that is 2 tokens too long/,
  ],
  [
    'only_first that would leave nothing',
    [3, 5],
    { maxLength: 5, strategy: 'only_first' },
    /^3 tokens would have to be cut off the first sequence, which has 3; .* longest_first or only_second, or a larger/,
  ],
  [
    'only_second that would leave nothing',
    [5, 3],
    { maxLength: 2, strategy: 'only_second' },
    /^6 tokens would have to be cut off the second sequence, which has 3/,
  ],
  [
    'a stride as long as a window',
    [5],
    { maxLength: 2, stride: 2 },
    /^Option stride must be less than the 2 tokens that truncation leaves/,
  ],
];
test.each(refused)('refuses %s', (_name, lengths, given, message) => {
  expect(() => run(lengths, given)).toThrowDebertaError('tokenizer', message);
});
