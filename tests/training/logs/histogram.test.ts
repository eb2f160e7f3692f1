import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { histogramOf } from '../../../src/training/logs/histogram';

/** What `tests/reference/make_event_files.py` wrote. */
interface Row {
  readonly values: readonly number[];
  readonly message: {
    readonly min: number;
    readonly max: number;
    readonly num: number;
    readonly sum: number;
    readonly sum_squares: number;
    readonly bucket_limit: readonly number[];
    readonly bucket: readonly number[];
  };
}

const FIXTURE = join(__dirname, '../../fixtures/event_files/histograms.json');
const rows = Object.entries(JSON.parse(readFileSync(FIXTURE, 'utf8')) as Record<string, Row>);

/** A sum of numbers of a size in all, whose order of addition is numpy's own. */
const near = (sum: number, size: number) => expect.closeTo(sum, 12 - Math.ceil(Math.log10(size || 1)));

describe('histogramOf', () => {
  test.each(rows)("counts in the buckets of PyTorch's SummaryWriter: %s", (_name, { values, message }) => {
    const sizes = values.map(Math.abs);
    const sums = {
      sum: near(
        message.sum,
        sizes.reduce((sum, size) => sum + size),
      ),
      sum_squares: near(message.sum_squares, message.sum_squares),
    };
    expect(histogramOf(Float32Array.from(values))).toEqual({ message: { ...message, ...sums }, notFinite: 0 });
  });

  test('leaves out values that are not finite, and counts them', () => {
    const values = Float32Array.of(NaN, 1, Infinity, -Infinity, 1);
    expect(histogramOf(values)).toMatchObject({ message: { min: 1, max: 1, num: 2, sum: 2 }, notFinite: 3 });
  });

  test.each([
    ['no value', [], 0],
    ['no finite value', [NaN, Infinity], 2],
  ])('has no message of %s', (_what, values, notFinite) => {
    expect(histogramOf(Float32Array.from(values))).toEqual({ message: undefined, notFinite });
  });

  test('has the largest numbers of float32 in the outermost buckets', () => {
    const { message } = histogramOf(Float32Array.of(-3e38, 3e38));
    expect(message!.bucket!.filter((count) => count > 0)).toEqual([1, 1]);
    expect(message!.bucket_limit!.at(-1)).toBe(Number.MAX_VALUE);
    expect(message!.bucket_limit![0]).toBe(-Number.MAX_VALUE);
  });
});
