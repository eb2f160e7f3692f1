import type { Message } from '../../protobuf/encode_message';
import type { HISTOGRAM } from './event_schema';

/** Values counted by size. */
export interface Histogram {
  /** As TensorBoard takes it; absent where no value is finite. */
  readonly message: Message<typeof HISTOGRAM> | undefined;
  /** NaN and infinite values, which are in no bucket and in no sum. */
  readonly notFinite: number;
}

/**
 * Counts values in TensorBoard's buckets, whose limits grow by 10 % from 1e-12 to 1e20, on both sides of zero.
 *
 * Buckets outside the smallest and largest value are left out, but for an empty one that tells where the first begins.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/v2.21.0/third_party/xla/xla/tsl/lib/histogram/histogram.cc
 *
 * @example
 * histogramOf(Float32Array.of(0.5, 0.5, NaN)); // { message: { min: 0.5, max: 0.5, num: 2, … }, notFinite: 1 }
 */
export function histogramOf(values: Float32Array): Histogram {
  const counts = new Float64Array(LIMITS.length - 1);
  const [least, most] = [LIMITS[0]!, LIMITS.at(-1)!];
  let [min, max, num, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (const value of values) {
    if (!(value >= least && value <= most)) continue;
    counts[bucketOf(value)]! += 1;
    if (value < min) min = value;
    if (value > max) max = value;
    num += 1;
    sum += value;
    sumSquares += value * value;
  }
  const notFinite = values.length - num;
  if (num === 0) return { message: undefined, notFinite };
  const [first, end] = [bucketOf(min), bucketOf(max) + 1];
  const message = {
    min,
    max,
    num,
    sum,
    sum_squares: sumSquares,
    bucket_limit: LIMITS.slice(first, end + 1),
    bucket: [0, ...counts.subarray(first, end)],
  };
  return { message, notFinite };
}

/** Bucket `i` is from `LIMITS[i]` to below `LIMITS[i + 1]`. */
const LIMITS: readonly number[] = makeLimits();

function makeLimits(): number[] {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  positive.push(Number.MAX_VALUE);
  return [...positive.map((limit) => -limit).reverse(), 0, ...positive];
}

/** By bisection: the last limit that is not above the value. */
function bucketOf(value: number): number {
  let [low, high] = [0, LIMITS.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (LIMITS[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
