import { transposeFour } from './transpose_four';

/**
 * Rows in another order: `y[i, j, k] = x[i · stride0 + j · stride1 + k · stride2]`, each a row of `columns` numbers.
 *
 * @param size0, size1, size2 of `y`; strides in numbers.
 */
export function permuteRows(
  x: usize,
  y: usize,
  size0: i32,
  size1: i32,
  size2: i32,
  stride0: i32,
  stride1: i32,
  stride2: i32,
  columns: i32,
): void {
  let target = y;
  for (let i = 0; i < size0; i++) {
    for (let j = 0; j < size1; j++) {
      let source = x + ((<usize>i * <usize>stride0 + <usize>j * <usize>stride1) << 2);
      for (let k = 0; k < size2; k++) {
        copyRow(source, target, columns);
        source += (<usize>stride2) << 2;
        target += (<usize>columns) << 2;
      }
    }
  }
}

/** Transposes matrices `[rows, columns]`, one after another. */
export function transposeMatrices(x: usize, y: usize, matrices: i32, rows: i32, columns: i32): void {
  const xBytes = (<usize>columns) << 2;
  const yBytes = (<usize>rows) << 2;
  for (let matrix = 0; matrix < matrices; matrix++) {
    const start = <usize>matrix * <usize>rows * xBytes;
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      const source = x + start + <usize>row * xBytes;
      const target = y + start + ((<usize>row) << 2);
      let column = 0;
      for (; column + 4 <= columns; column += 4) {
        transposeFour(source + ((<usize>column) << 2), xBytes, target + <usize>column * yBytes, yBytes);
      }
      transposeSome(source, xBytes, target, yBytes, 4, column, columns);
    }
    transposeSome(
      x + start + <usize>row * xBytes,
      xBytes,
      y + start + ((<usize>row) << 2),
      yBytes,
      rows - row,
      0,
      columns,
    );
  }
}

function transposeSome(x: usize, xBytes: usize, y: usize, yBytes: usize, rows: i32, first: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let column = first; column < columns; column++) {
      const value = load<i32>(x + <usize>row * xBytes + ((<usize>column) << 2));
      store<i32>(y + <usize>column * yBytes + ((<usize>row) << 2), value);
    }
  }
}

/** Short rows are copied faster like this than by `memory.copy`. */
function copyRow(x: usize, y: usize, columns: i32): void {
  let at: usize = 0;
  let left = columns;
  for (; left >= 4; left -= 4) {
    v128.store(y + at, v128.load(x + at));
    at += 16;
  }
  for (; left > 0; left--) {
    store<i32>(y + at, load<i32>(x + at));
    at += 4;
  }
}
