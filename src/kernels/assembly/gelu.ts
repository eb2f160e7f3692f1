import { constant, exponentialWithin, multiplyAdd, ONE, SIGN, storeSome } from './vector';

/** 1 / √2π. */
const DENSITY: f32 = 0.3989422804;

const MINUS_HALF: usize = memory.data<f32>([-0.5]);
/** Beyond it nothing is left of a normal distribution. */
const FARTHEST: usize = memory.data<f32>([13]);

/** The magnitude of x, at most what {@link bellCurve} and {@link minusTail} are defined for. */
function distance(x: v128): v128 {
  return f32x4.pmin(v128.andnot(x, constant(SIGN)), constant(FARTHEST));
}

/** e to the −z² / 2. */
function bellCurve(z: v128): v128 {
  return exponentialWithin(f32x4.mul(f32x4.mul(z, z), constant(MINUS_HALF)));
}

/** 0.3275911 / √2. */
const TAIL_SLOPE: usize = memory.data<f32>([0.23164188]);
/** Of −½ erfc(z / √2) = e^(−z² / 2) · Σ TAIL_k · t^k. */
const TAIL_5: usize = memory.data<f32>([-0.5307027145]);
const TAIL_4: usize = memory.data<f32>([0.7265760135]);
const TAIL_3: usize = memory.data<f32>([-0.7107068705]);
const TAIL_2: usize = memory.data<f32>([0.142248368]);
const TAIL_1: usize = memory.data<f32>([-0.127414796]);

/**
 * −1 times the part of a normal distribution that is beyond z, within 1e-7. (Abramowitz and Stegun, 7.1.26.)
 *
 * @param z not negative.
 * @param bell the {@link bellCurve} of z.
 */
function minusTail(z: v128, bell: v128): v128 {
  const t = f32x4.div(constant(ONE), multiplyAdd(z, constant(TAIL_SLOPE), constant(ONE)));
  const square = f32x4.mul(t, t);
  let p = multiplyAdd(constant(TAIL_5), t, constant(TAIL_4));
  p = multiplyAdd(p, square, multiplyAdd(constant(TAIL_3), t, constant(TAIL_2)));
  p = multiplyAdd(p, t, constant(TAIL_1));
  return f32x4.mul(p, f32x4.mul(t, bell));
}

/** x · Φ(x), with the normal distribution function Φ: x or 0, less its tail. */
export function geluOf(x: v128): v128 {
  const z = distance(x);
  return multiplyAdd(z, minusTail(z, bellCurve(z)), f32x4.pmax(x, f32x4.splat(0)));
}

/** `y = x · Φ(x)`, with the normal distribution function Φ. */
export function gelu(x: usize, y: usize, count: i32): void {
  let at: usize = 0;
  for (let left = count; left > 0; left -= 4) {
    storeSome(y + at, geluOf(v128.load(x + at)), left);
    at += 16;
  }
}

/** `dx = dy · (Φ(x) + x · φ(x))`, with the normal density φ. */
export function geluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  let at: usize = 0;
  for (let left = count; left > 0; left -= 4) {
    const value = v128.load(x + at);
    const z = distance(value);
    const bell = bellCurve(z);
    const tail = minusTail(z, bell);
    const isNegative = f32x4.lt(value, f32x4.splat(0));
    const distribution = v128.bitselect(f32x4.neg(tail), f32x4.add(f32x4.splat(1), tail), isNegative);
    const slope = multiplyAdd(f32x4.mul(value, f32x4.splat(DENSITY)), bell, distribution);
    storeSome(dx + at, f32x4.mul(v128.load(dy + at), slope), left);
    at += 16;
  }
}
