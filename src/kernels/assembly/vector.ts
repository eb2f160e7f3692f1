// Four float32 numbers at a time. Tails are computed on whole vectors, reading up to three numbers beyond the end, which
// memory has room for; only what belongs to the row is stored.

/** `a · b + c`; fused, where the build and the processor have it. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

export function sumOf(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

export function maximumOf(x: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

/** All bits set in the first `count` lanes, below 4. */
export function firstLanes(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

/** Zeros in place of what lies beyond the end of a row, where fewer than four numbers are left. */
export function zeroBeyond(x: v128, left: i32): v128 {
  return left >= 4 ? x : v128.and(x, firstLanes(left));
}

/** Stores the first `count` lanes, below 4. */
export function storeFirst(target: usize, x: v128, count: i32): void {
  if (count > 0) v128.store_lane<f32>(target, x, 0);
  if (count > 1) v128.store_lane<f32>(target + 4, x, 1);
  if (count > 2) v128.store_lane<f32>(target + 8, x, 2);
}

/** Stores a vector, or the first lanes of it where fewer than four numbers are left. */
export function storeSome(target: usize, x: v128, left: i32): void {
  if (left >= 4) v128.store(target, x);
  else storeFirst(target, x, left);
}

/** 1.5 · 2^23: a number below 2^22 that is added to it is rounded to a whole one, which its lowest bits then are. */
const WHOLE: f32 = 12582912;

/** e to the x within 2 units in the last place; below −87 about e^−87, above 88 about e^88. (Cephes' expf.) */
export function exponential(exponent: v128): v128 {
  // The other minimum and maximum, and conversions that know of overflow, are many instructions on an x64.
  const x = f32x4.pmin(f32x4.pmax(exponent, f32x4.splat(-87)), f32x4.splat(88));
  const rounded = f32x4.add(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)), f32x4.splat(WHOLE));
  const n = f32x4.sub(rounded, f32x4.splat(WHOLE));
  // ln 2 in two parts, so that the remainder is exact.
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), x);
  r = multiplyAdd(n, f32x4.splat(2.1219444e-4), r);
  let p = f32x4.splat(1.98756915e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  // 2 to the n: n as the exponent, which 1 has 127 of.
  return f32x4.mul(p, i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(reinterpret<i32>(<f32>1))));
}

/** The error function within 6e-7: 2e-7 by its formula, the rest by rounding near 0. (Abramowitz and Stegun, 7.1.26.) */
export function errorFunction(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const one = f32x4.splat(1);
  const t = f32x4.div(one, multiplyAdd(magnitude, f32x4.splat(0.3275911), one));
  let p = f32x4.splat(1.061405429);
  p = multiplyAdd(p, t, f32x4.splat(-1.453152027));
  p = multiplyAdd(p, t, f32x4.splat(1.421413741));
  p = multiplyAdd(p, t, f32x4.splat(-0.284496736));
  p = multiplyAdd(p, t, f32x4.splat(0.254829592));
  p = f32x4.mul(p, t);
  const decay = exponential(f32x4.neg(f32x4.mul(magnitude, magnitude)));
  return v128.or(f32x4.sub(one, f32x4.mul(p, decay)), v128.and(x, i32x4.splat(0x80000000)));
}

/** 1 / (1 + e^−x). */
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/** Hyperbolic tangent, as 2 · sigmoid(2x) − 1. */
export function hyperbolicTangent(x: v128): v128 {
  return f32x4.sub(f32x4.mul(sigmoid(f32x4.add(x, x)), f32x4.splat(2)), f32x4.splat(1));
}
