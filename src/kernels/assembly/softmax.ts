import { exponential, firstLanes, maximumOf, storeSome, sumOf, zeroBeyond } from './vector';

/** A score of what is masked, as in masked_softmax.ts; it underflows beside any real one, and stays finite. */
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
  for (let row = 0; row < rows; row++) {
    const at = <usize>row * bytes;
    softmaxRow(x + at, 0, mask + ((<usize>row * <usize>maskStride) << 2), y + at, columns);
  }
}

/**
 * Softmax of one row; what is masked gets exactly 0. `y` may be `x`.
 *
 * @param added is added to the scores before; none where 0.
 * @param mask 1 for what counts; everything does where 0.
 */
export function softmaxRow(x: usize, added: usize, mask: usize, y: usize, columns: i32): void {
  const lowest = f32x4.splat(LOWEST);
  let highest = lowest;
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    let score = v128.load(x + at);
    if (added !== 0) score = f32x4.add(score, v128.load(added + at));
    if (mask !== 0) {
      const masked = f32x4.sub(f32x4.splat(1), v128.load(mask + at));
      score = f32x4.add(score, f32x4.mul(masked, f32x4.splat(MASKED_SCORE)));
    }
    storeSome(y + at, score, left);
    // A score that is not a number is passed over here, and makes the sum none.
    highest = f32x4.pmax(highest, left >= 4 ? score : v128.bitselect(score, lowest, firstLanes(left)));
    at += 16;
  }
  const shift = f32x4.splat(maximumOf(highest));
  let sum = f32x4.splat(0);
  at = 0;
  for (let left = columns; left > 0; left -= 4) {
    const power = exponential(f32x4.sub(v128.load(y + at), shift));
    storeSome(y + at, power, left);
    sum = f32x4.add(sum, zeroBeyond(power, left));
    at += 16;
  }
  const inverse = f32x4.splat(<f32>1 / sumOf(sum));
  at = 0;
  for (let left = columns; left > 0; left -= 4) {
    let probability = f32x4.mul(v128.load(y + at), inverse);
    if (mask !== 0) probability = f32x4.mul(probability, v128.load(mask + at));
    storeSome(y + at, probability, left);
    at += 16;
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
      sum = f32x4.add(sum, zeroBeyond(product, left));
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
