import {
  idsOf,
  isPadded,
  largestDifference,
  maskOf,
  padded,
  realTokensOf,
  tokensOf,
  uniform,
  type Workload,
} from '../../../bench/predict/workload';

const PADDED = { batch: 2, length: 3, textLengths: [3, 1] };

test('the mask has 1 for tokens and 0 for padding', () => {
  expect([...maskOf(PADDED)]).toEqual([1, 1, 1, 1, 0, 0]);
});

test('ids are 0 for padding and rows of the vocabulary for tokens', () => {
  const ids = [...idsOf(PADDED)];
  expect(ids.slice(4)).toEqual([0, 0]);
  expect(ids.slice(0, 4).every((id) => id > 0 && id < 8000)).toBe(true);
});

test('a shape by itself has no padding', () => {
  const { batches } = uniform(2, 16);
  expect(batches).toHaveLength(1);
  expect(batches.some(isPadded)).toBe(false);
  expect(maskOf(batches[0]!).every((value) => value === 1)).toBe(true);
});

test('a padded batch is as long as its longest text', () => {
  const batch = padded([3, 1]);
  expect(batch).toEqual(PADDED);
  expect(isPadded(batch)).toBe(true);
});

test('tokens are counted with padding and without', () => {
  const workload: Workload = { name: 'two batches', batches: [PADDED, padded([5])] };
  expect(tokensOf(workload)).toBe(11);
  expect(realTokensOf(workload)).toBe(9);
});

describe('largestDifference', () => {
  const workload: Workload = { name: 'padded', batches: [PADDED] };
  const zeros = new Float32Array(12);
  const withValue = (index: number, value: number) => zeros.map((zero, at) => (at === index ? value : zero));

  const cases: [string, Float32Array, number][] = [
    ['0 for the same values', zeros, 0],
    ['that of a token', withValue(6, -0.5), 0.5],
    ['blind to padding', withValue(11, 3), 0],
    ['not a number where one is not', withValue(0, Number.NaN), Number.NaN],
    ['infinite for another number of values', new Float32Array(6), Number.POSITIVE_INFINITY],
  ];

  test.each(cases)('is %s', (_name, values, expected) => {
    expect(largestDifference(workload, values, zeros)).toBe(expected);
  });

  test('keeps what is not a number, whatever follows', () => {
    const values = withValue(0, Number.NaN);
    values[1] = 2;
    expect(largestDifference(workload, values, zeros) <= 1e-4).toBe(false);
  });
});
