import { pearsonCorrelation } from '../../src/metrics/pearson_correlation';
import { spearmanCorrelation } from '../../src/metrics/spearman_correlation';
import { squaredError } from '../../src/metrics/squared_error';
import fc from '../harness/fast_check';
import { orNaN, readTable } from './table';

interface Case {
  readonly name: string;
  readonly labels: (number | null)[];
  readonly predictions: (number | null)[];
  readonly pearson: number | null;
  readonly spearman: number | null;
  readonly squaredError: number | null;
}

const { cases } = readTable<{ cases: Case[] }>('regression');
const METRICS = { pearson: pearsonCorrelation, spearman: spearmanCorrelation, squaredError } as const;

describe.each(cases)('$name', (row) => {
  test.each(Object.entries(METRICS))('%s of scipy and scikit-learn', (name, metric) => {
    const expected = orNaN(row[name as keyof typeof METRICS]);
    const received = metric(row.labels.map(orNaN), row.predictions.map(orNaN));
    // Squared errors of any size, to as many digits.
    const size = Math.max(1, Math.abs(expected)) || 1;
    expect([received / size]).toBeCloseToTensor([expected / size], 1e-6);
  });
});

test('one pair has no correlation, nor have infinite numbers', () => {
  expect(pearsonCorrelation([1], [2])).toBeNaN();
  expect(spearmanCorrelation([1], [2])).toBeNaN();
  expect(pearsonCorrelation([1, 2, Number.POSITIVE_INFINITY], [1, 2, 3])).toBeNaN();
  expect(spearmanCorrelation([1, 2, Number.POSITIVE_INFINITY], [1, 2, 3])).toBe(1);
});

test('a constant whose mean is rounded is constant', () => {
  expect(pearsonCorrelation([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
});

test('series of the smallest and largest numbers', () => {
  expect(pearsonCorrelation([1e-200, 2e-200, 3e-200], [-1e300, 0, 1e300])).toBeCloseTo(1, 12);
});

const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), { minLength: 2 });

test.each([
  ['Pearson', pearsonCorrelation],
  ['Spearman', spearmanCorrelation],
])("%s's correlation is symmetric, from -1 to 1, and does not depend on order or scale", (_name, correlation) => {
  fc.assert(
    fc.property(pairs, (list) => {
      const [x, y] = [list.map(([first]) => first), list.map(([, second]) => second)];
      const value = correlation(x, y);
      expect(Number.isNaN(value) || Math.abs(value) <= 1).toBe(true);
      expect([correlation(y, x)]).toBeCloseToTensor([value], 1e-9);
      expect([correlation([...x].reverse(), [...y].reverse())]).toBeCloseToTensor([value], 1e-9);
      const scaled = x.map((number) => 3 * number + 7);
      expect([correlation(scaled, y)]).toBeCloseToTensor([value], 1e-9);
    }),
  );
});

test.each(Object.entries(METRICS))('%s refuses unequal numbers and none', (_name, metric) => {
  expect(() => metric([1, 2], [1])).toThrowDebertaError('input', /^Labels and predictions must be equally many/);
  expect(() => metric([], [])).toThrowDebertaError('input', /^Labels must be at least one/);
});
