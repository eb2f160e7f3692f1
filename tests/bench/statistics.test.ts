import { median, pairedRatios, percentile } from '../../bench/statistics';

const ELEVEN = [5, 1, 9, 3, 7, 0, 10, 2, 8, 4, 6];

describe('percentile', () => {
  const cases: [string, readonly number[], number, number][] = [
    ['the smallest value', ELEVEN, 0, 0],
    ['the second of eleven', ELEVEN, 0.1, 1],
    ['the largest value', ELEVEN, 1, 10],
    ['the only value', [42], 0.1, 42],
    ['a value that was measured, not one in between', [1, 2], 0.1, 1],
  ];

  test.each(cases)('is %s', (_name, values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });

  test('orders numbers as numbers', () => {
    expect(percentile([100, 20, 3], 0)).toBe(3);
  });

  test('leaves the values in their order', () => {
    const values = [3, 1, 2];
    percentile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });

  test('needs a value', () => {
    expect(() => percentile([], 0.5)).toThrow('at least one value');
  });
});

test('the median is the middle value', () => {
  expect(median(ELEVEN)).toBe(5);
});

describe('pairedRatios', () => {
  const cases: [string, number[][], number[][], number[]][] = [
    ['pairs calls of the same place in the same round', [[2, 6], [8]], [[1, 2], [4]], [2, 3, 2]],
    ['leaves out calls the other did not make', [[2, 6, 5]], [[1]], [2]],
    ['leaves out rounds the other did not take part in', [[2], [3]], [[1]], [2]],
    ['pairs a long call with the first of a round', [[10]], [[5, 1]], [2]],
  ];

  test.each(cases)('%s', (_name, rounds, reference, expected) => {
    expect(pairedRatios(rounds, reference)).toEqual(expected);
  });

  test('a machine that slows down for both changes nothing', () => {
    const slowingDown = [1, 2, 4, 8];
    const ratios = pairedRatios([slowingDown.map((ms) => 3 * ms)], [slowingDown]);
    expect(ratios).toEqual([3, 3, 3, 3]);
  });
});
