import { multiplyAdd, storeSome, sumOf, zeroBeyond } from './vector';

/**
 * `y = scale · layerNorm(x + bias + residual)`, row by row; `y` may be `x`.
 *
 * @param bias, residual none where 0.
 * @param gamma no normalization where 0, `beta` then neither.
 * @param rowScales multiplies each row, 0 for padding; none where 0.
 */
export function addNorm(
  x: usize,
  bias: usize,
  residual: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  rows: i32,
  columns: i32,
  epsilon: f32,
  rowScales: usize,
): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const at = <usize>row * bytes;
    const total = sumRow(x + at, bias, residual === 0 ? 0 : residual + at, y + at, columns);
    if (gamma !== 0) normalizeRow(y + at, total / <f32>columns, gamma, beta, columns, epsilon);
    if (rowScales !== 0) scaleRow(y + at, load<f32>(rowScales + ((<usize>row) << 2)), columns);
  }
}

/** `y = x + bias + residual`; returns the sum of the row. */
function sumRow(x: usize, bias: usize, residual: usize, y: usize, columns: i32): f32 {
  let sum = f32x4.splat(0);
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    let value = v128.load(x + at);
    if (bias !== 0) value = f32x4.add(value, v128.load(bias + at));
    if (residual !== 0) value = f32x4.add(value, v128.load(residual + at));
    storeSome(y + at, value, left);
    sum = f32x4.add(sum, zeroBeyond(value, left));
    at += 16;
  }
  return sumOf(sum);
}

function normalizeRow(y: usize, mean: f32, gamma: usize, beta: usize, columns: i32, epsilon: f32): void {
  const center = f32x4.splat(mean);
  let squares = f32x4.splat(0);
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    const value = zeroBeyond(f32x4.sub(v128.load(y + at), center), left);
    squares = multiplyAdd(value, value, squares);
    at += 16;
  }
  const inverse = f32x4.splat(<f32>1 / sqrt<f32>(sumOf(squares) / <f32>columns + epsilon));
  at = 0;
  for (let left = columns; left > 0; left -= 4) {
    const value = f32x4.mul(f32x4.sub(v128.load(y + at), center), inverse);
    storeSome(y + at, multiplyAdd(value, v128.load(gamma + at), v128.load(beta + at)), left);
    at += 16;
  }
}

function scaleRow(y: usize, scale: f32, columns: i32): void {
  if (scale === 1) return;
  const factor = f32x4.splat(scale);
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    storeSome(y + at, f32x4.mul(v128.load(y + at), factor), left);
    at += 16;
  }
}
