import { storeSome } from './vector';

/** `x[i] += table[indices[i]]`, row by row. */
export function addRows(x: usize, table: usize, indices: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    const target = x + <usize>row * bytes;
    const source = table + <usize>load<i32>(indices + ((<usize>row) << 2)) * bytes;
    addRow(target, source, columns);
  }
}

/** `y[indices[i]] += updates[i]`, row by row, from zeros on; `y` has `height` rows. */
export function scatterRows(updates: usize, indices: usize, y: usize, rows: i32, columns: i32, height: i32): void {
  const bytes = (<usize>columns) << 2;
  memory.fill(y, 0, <usize>height * bytes);
  for (let row = 0; row < rows; row++) {
    const source = updates + <usize>row * bytes;
    const target = y + <usize>load<i32>(indices + ((<usize>row) << 2)) * bytes;
    addRow(target, source, columns);
  }
}

/** `y[i] = x[indices[i]]`, row by row. */
export function pickRows(x: usize, indices: usize, y: usize, rows: i32, columns: i32): void {
  const bytes = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(y + <usize>row * bytes, x + <usize>load<i32>(indices + ((<usize>row) << 2)) * bytes, bytes);
  }
}

/**
 * The window around each row, side by side: `[rows, kernelSize · columns]`, zeros beyond the row's text.
 *
 * @param starts, ends the first row of each row's text, and the one behind its last.
 * @param x rows `stride` numbers apart, of which `columns` are taken.
 */
export function windows(
  x: usize,
  stride: i32,
  starts: usize,
  ends: usize,
  first: i32,
  rows: i32,
  columns: i32,
  kernelSize: i32,
  y: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const margin = (kernelSize - 1) >> 1;
  let target = y;
  for (let row = first; row < first + rows; row++) {
    const start = load<i32>(starts + ((<usize>row) << 2));
    const end = load<i32>(ends + ((<usize>row) << 2));
    for (let neighbour = row - margin; neighbour <= row + margin; neighbour++) {
      if (neighbour < start || neighbour >= end) memory.fill(target, 0, bytes);
      else memory.copy(target, x + ((<usize>neighbour * <usize>stride) << 2), bytes);
      target += bytes;
    }
  }
}

/** `x += y`. */
export function addRow(x: usize, y: usize, columns: i32): void {
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    storeSome(x + at, f32x4.add(v128.load(x + at), v128.load(y + at)), left);
    at += 16;
  }
}
