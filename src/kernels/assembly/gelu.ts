import { bellCurve, distance, geluOf, minusTail, multiplyAdd, storeSome } from './vector';

/** 1 / √2π. */
const DENSITY: f32 = 0.3989422804;

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
