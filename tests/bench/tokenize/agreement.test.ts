import { shareOfSame } from '../../../bench/tokenize/agreement';

const cases: [string, string[], string[], number][] = [
  ['all the same', ['1,2', '3'], ['1,2', '3'], 1],
  ['one of two', ['1,2', '3'], ['1,2', '4'], 0.5],
  ['another order', ['a', 'b'], ['b', 'a'], 0],
  ['another number of lines', ['a'], ['a', 'b'], 0],
];

test.each(cases)('%s', (_name, values, expected, share) => {
  expect(shareOfSame(values, expected)).toBe(share);
});
