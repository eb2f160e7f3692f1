import { errorFunction, exponential, multiplyAdd, storeSome } from './vector';

/** 1 / √2π. */
const DENSITY: f32 = 0.3989422804;

/** `y = x · Φ(x)`, with the normal distribution function Φ. */
export function gelu(x: usize, y: usize, count: i32): void {
  let at: usize = 0;
  for (let left = count; left > 0; left -= 4) {
    const value = v128.load(x + at);
    storeSome(y + at, f32x4.mul(value, distribution(value)), left);
    at += 16;
  }
}

/** `dx = dy · (Φ(x) + x · φ(x))`, with the normal density φ. */
export function geluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  let at: usize = 0;
  for (let left = count; left > 0; left -= 4) {
    const value = v128.load(x + at);
    const power = exponential(f32x4.mul(f32x4.mul(value, value), f32x4.splat(-0.5)));
    const slope = multiplyAdd(f32x4.mul(value, f32x4.splat(DENSITY)), power, distribution(value));
    storeSome(dx + at, f32x4.mul(v128.load(dy + at), slope), left);
    at += 16;
  }
}

function distribution(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return multiplyAdd(errorFunction(f32x4.mul(x, f32x4.splat(<f32>Math.SQRT1_2))), half, half);
}
