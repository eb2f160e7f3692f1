import { multiplyAdd, storeSome, sumOf, zeroBeyond } from './vector';

// Layer normalization as training needs it: the forward pass keeps what the backward pass reads.

/**
 * `y = gamma · normalized + beta` with `normalized = (x − mean) · inverse`, row by row.
 *
 * @param normalized `[rows, columns]`, written.
 * @param inverses one over the standard deviation of each row, written.
 */
export function norm(
  x: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  normalized: usize,
  inverses: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const start = <usize>row * bytes;
    const center = f32x4.splat(sumOfRow(x + start, columns) / <f32>columns);
    let squares = f32x4.splat(0);
    let at: usize = 0;
    for (let left = columns; left > 0; left -= 4) {
      const value = zeroBeyond(f32x4.sub(v128.load(x + start + at), center), left);
      squares = multiplyAdd(value, value, squares);
      at += 16;
    }
    const inverse = <f32>1 / sqrt<f32>(sumOf(squares) / <f32>columns + epsilon);
    store<f32>(inverses + ((<usize>row) << 2), inverse);
    at = 0;
    for (let left = columns; left > 0; left -= 4) {
      const value = f32x4.mul(f32x4.sub(v128.load(x + start + at), center), f32x4.splat(inverse));
      storeSome(normalized + start + at, value, left);
      storeSome(y + start + at, multiplyAdd(value, v128.load(gamma + at), v128.load(beta + at)), left);
      at += 16;
    }
  }
}

/**
 * The gradients of {@link norm}: `dx = inverse · (d − mean(d) − normalized · mean(d · normalized))` with `d = dy · gamma`.
 *
 * @param dGamma, dBeta `[columns]`, written.
 */
export function normGradient(
  dy: usize,
  normalized: usize,
  inverses: usize,
  gamma: usize,
  dx: usize,
  dGamma: usize,
  dBeta: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = (<usize>columns) << 2;
  memory.fill(dGamma, 0, bytes);
  memory.fill(dBeta, 0, bytes);
  for (let row = 0; row < rows; row++) {
    const start = <usize>row * bytes;
    let sum = f32x4.splat(0);
    let sumOfProducts = f32x4.splat(0);
    let at: usize = 0;
    for (let left = columns; left > 0; left -= 4) {
      const slope = v128.load(dy + start + at);
      const value = v128.load(normalized + start + at);
      const scaled = zeroBeyond(f32x4.mul(slope, v128.load(gamma + at)), left);
      sum = f32x4.add(sum, scaled);
      sumOfProducts = f32x4.add(sumOfProducts, zeroBeyond(f32x4.mul(scaled, value), left));
      storeSome(dGamma + at, multiplyAdd(slope, value, v128.load(dGamma + at)), left);
      storeSome(dBeta + at, f32x4.add(slope, v128.load(dBeta + at)), left);
      at += 16;
    }
    const mean = f32x4.splat(sumOf(sum) / <f32>columns);
    const meanProduct = f32x4.splat(sumOf(sumOfProducts) / <f32>columns);
    const inverse = f32x4.splat(load<f32>(inverses + ((<usize>row) << 2)));
    at = 0;
    for (let left = columns; left > 0; left -= 4) {
      const scaled = f32x4.mul(v128.load(dy + start + at), v128.load(gamma + at));
      const along = f32x4.mul(v128.load(normalized + start + at), meanProduct);
      storeSome(dx + start + at, f32x4.mul(inverse, f32x4.sub(f32x4.sub(scaled, mean), along)), left);
      at += 16;
    }
  }
}

function sumOfRow(x: usize, columns: i32): f32 {
  let sum = f32x4.splat(0);
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    sum = f32x4.add(sum, zeroBeyond(v128.load(x + at), left));
    at += 16;
  }
  return sumOf(sum);
}
