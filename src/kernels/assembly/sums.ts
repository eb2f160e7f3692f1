import { addRow } from './rows';
import { sumOf, zeroBeyond } from './vector';

/** Numbers that are added up in single precision, before their sum joins the others in double. */
const CHUNK: i32 = 4096;

/** `y[j] = Σ x[i, j]`. */
export function columnSums(x: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  memory.fill(y, 0, bytes);
  for (let row = 0; row < rows; row++) {
    addRow(y, x + <usize>row * bytes, columns);
  }
}

/** `y[i] = Σ x[i, j]`. */
export function rowSums(x: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    store<f32>(y + ((<usize>row) << 2), <f32>sumOfRow(x + <usize>row * bytes, columns, false));
  }
}

/** `y[0] = Σ x²`. */
export function sumOfSquares(x: usize, y: usize, count: i32): void {
  store<f32>(y, <f32>sumOfRow(x, count, true));
}

function sumOfRow(x: usize, count: i32, isSquared: bool): f64 {
  let total: f64 = 0;
  for (let first = 0; first < count; first += CHUNK) {
    let sum = f32x4.splat(0);
    let at = x + ((<usize>first) << 2);
    for (let left = min(CHUNK, count - first); left > 0; left -= 4) {
      const value = zeroBeyond(v128.load(at), left);
      sum = f32x4.add(sum, isSquared ? f32x4.mul(value, value) : value);
      at += 16;
    }
    total += <f64>sumOf(sum);
  }
  return total;
}
