import { exponential, firstLanes, maximumOf, storeSome, sumOf } from './vector';

/** As in masked_softmax.ts. */
const MASKED_SCORE: f32 = -1e30;

/** Lower than any score. */
const LOWEST: f32 = -Infinity;

/**
 * `y = softmax(x + (1 − mask) · −1e30) · mask`, row by row.
 *
 * @param mask rows `maskStride` numbers apart, 0 where all rows of `x` have the same.
 */
export function maskedSoftmax(x: usize, mask: usize, maskStride: i32, y: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  const one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    const source = x + <usize>row * bytes;
    const target = y + <usize>row * bytes;
    const allowed = mask + ((<usize>row * <usize>maskStride) << 2);
    let most = f32x4.splat(LOWEST);
    let at: usize = 0;
    for (let left = columns; left > 0; left -= 4) {
      const penalty = f32x4.mul(f32x4.sub(one, v128.load(allowed + at)), f32x4.splat(MASKED_SCORE));
      const score = f32x4.add(v128.load(source + at), penalty);
      storeSome(target + at, score, left);
      most = f32x4.max(most, left >= 4 ? score : v128.bitselect(score, f32x4.splat(LOWEST), firstLanes(left)));
      at += 16;
    }
    const maximum = f32x4.splat(maximumOf(most));
    let sum = f32x4.splat(0);
    at = 0;
    for (let left = columns; left > 0; left -= 4) {
      const power = exponential(f32x4.sub(v128.load(target + at), maximum));
      storeSome(target + at, power, left);
      sum = f32x4.add(sum, left >= 4 ? power : v128.and(power, firstLanes(left)));
      at += 16;
    }
    const share = f32x4.splat(<f32>1 / sumOf(sum));
    at = 0;
    for (let left = columns; left > 0; left -= 4) {
      const probability = f32x4.mul(v128.load(target + at), share);
      storeSome(target + at, f32x4.mul(probability, v128.load(allowed + at)), left);
      at += 16;
    }
  }
}

/** The gradient of a softmax with probabilities `p`: `dx = p · (dy − Σ dy · p)`, row by row. */
export function softmaxGradient(dy: usize, p: usize, dx: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const start = <usize>row * bytes;
    let sum = f32x4.splat(0);
    let at: usize = 0;
    for (let left = columns; left > 0; left -= 4) {
      const product = f32x4.mul(v128.load(dy + start + at), v128.load(p + start + at));
      sum = f32x4.add(sum, left >= 4 ? product : v128.and(product, firstLanes(left)));
      at += 16;
    }
    const mean = f32x4.splat(-sumOf(sum));
    at = 0;
    for (let left = columns; left > 0; left -= 4) {
      const probability = v128.load(p + start + at);
      storeSome(dx + start + at, f32x4.mul(probability, f32x4.add(v128.load(dy + start + at), mean)), left);
      at += 16;
    }
  }
}
