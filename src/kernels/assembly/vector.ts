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

// Constants are read from memory, one instruction each: V8 makes a constant vector anew wherever it is used, of three.

export const ONE: usize = memory.data<f32>([1]);
export const SIGN: usize = memory.data<f32>([-0.0]);

/** A constant in all lanes. */
export function constant(address: usize): v128 {
  return v128.load32_splat(address);
}

const LEAST_EXPONENT: usize = memory.data<f32>([-87]);
const MOST_EXPONENT: usize = memory.data<f32>([88]);
const LOG2E: usize = memory.data<f32>([<f32>Math.LOG2E]);
/** 1.5 · 2^23: a number below 2^22 that is added to it is rounded to a whole one, which its lowest bits then are. */
const WHOLE: usize = memory.data<f32>([12582912]);
/** −ln 2 in two parts, so that the remainder is exact. */
const MINUS_LN2_HIGH: usize = memory.data<f32>([-0.693359375]);
const MINUS_LN2_LOW: usize = memory.data<f32>([2.1219444e-4]);
/** Of e^r = 1 + r + r² · Σ EXP_k · r^k. */
const EXP_5: usize = memory.data<f32>([1.98756915e-4]);
const EXP_4: usize = memory.data<f32>([1.3981999507e-3]);
const EXP_3: usize = memory.data<f32>([8.3334519073e-3]);
const EXP_2: usize = memory.data<f32>([4.1665795894e-2]);
const EXP_1: usize = memory.data<f32>([1.6666665459e-1]);
const EXP_0: usize = memory.data<f32>([5.0000001201e-1]);

/** e to the x within 2 units in the last place; below −87 about e^−87, above 88 about e^88. (Cephes' expf.) */
export function exponential(x: v128): v128 {
  // The other minimum and maximum, and conversions that know of overflow, are many instructions on an x64.
  return exponentialWithin(f32x4.pmin(f32x4.pmax(x, constant(LEAST_EXPONENT)), constant(MOST_EXPONENT)));
}

/** {@link exponential} from −87 to 88. */
export function exponentialWithin(x: v128): v128 {
  const rounded = multiplyAdd(x, constant(LOG2E), constant(WHOLE));
  const n = f32x4.sub(rounded, constant(WHOLE));
  let r = multiplyAdd(n, constant(MINUS_LN2_HIGH), x);
  r = multiplyAdd(n, constant(MINUS_LN2_LOW), r);
  const square = f32x4.mul(r, r);
  // Two terms at a time, since each waits for the one before.
  let p = multiplyAdd(constant(EXP_5), r, constant(EXP_4));
  p = multiplyAdd(p, square, multiplyAdd(constant(EXP_3), r, constant(EXP_2)));
  p = multiplyAdd(p, square, multiplyAdd(constant(EXP_1), r, constant(EXP_0)));
  p = f32x4.add(multiplyAdd(p, square, r), constant(ONE));
  // 2 to the n: n as the exponent, which 1 has 127 of. To add n to the exponent of p would make numbers of what is none.
  return f32x4.mul(p, i32x4.add(i32x4.shl(rounded, 23), constant(ONE)));
}

/** 1 / (1 + e^−x). */
export function sigmoid(x: v128): v128 {
  return f32x4.div(constant(ONE), f32x4.add(constant(ONE), exponential(v128.xor(x, constant(SIGN)))));
}

/** Hyperbolic tangent, as 2 · sigmoid(2x) − 1. */
export function hyperbolicTangent(x: v128): v128 {
  return f32x4.sub(f32x4.mul(sigmoid(f32x4.add(x, x)), f32x4.splat(2)), f32x4.splat(1));
}
