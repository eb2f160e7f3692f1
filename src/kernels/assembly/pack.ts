import { transposeFour } from './transpose_four';

// The right-hand matrix of a product lies in panels of 8 columns, [⌈N / 8⌉, K, 8], so that the product reads it straight
// through; columns that fill up the last panel are 0.

/** Columns of a panel. */
export const PANEL: i32 = 8;

/** Columns in whole panels. */
export function inPanels(columns: i32): i32 {
  return (columns + 7) & ~7;
}

/** Packs a matrix `[K, N]` whose rows are `stride` numbers apart. */
export function packPanels(matrix: usize, stride: i32, inner: i32, columns: i32, panels: usize): void {
  let target = panels;
  for (let column = 0; column < columns; column += PANEL) {
    const width = min(PANEL, columns - column);
    let source = matrix + ((<usize>column) << 2);
    for (let k = 0; k < inner; k++) {
      if (width === PANEL) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
      } else {
        for (let t = 0; t < PANEL; t++) {
          store<f32>(target + ((<usize>t) << 2), t < width ? load<f32>(source + ((<usize>t) << 2)) : 0);
        }
      }
      source += (<usize>stride) << 2;
      target += 32;
    }
  }
}

/** Packs the transpose of a matrix `[N, K]` whose rows are `stride` numbers apart. */
export function packTransposed(matrix: usize, stride: i32, inner: i32, columns: i32, panels: usize): void {
  const bytes = (<usize>stride) << 2;
  let panel = panels;
  for (let column = 0; column < columns; column += PANEL) {
    packFour(matrix + <usize>column * bytes, bytes, inner, columns - column, panel);
    packFour(matrix + <usize>(column + 4) * bytes, bytes, inner, columns - column - 4, panel + 16);
    panel += (<usize>inner) << 5;
  }
}

/** Four columns of a panel from up to four rows. */
function packFour(rows: usize, bytes: usize, inner: i32, left: i32, panel: usize): void {
  let target = panel;
  if (left >= 4) {
    let k = 0;
    for (; k + 4 <= inner; k += 4) {
      transposeFour(rows + ((<usize>k) << 2), bytes, target, 32);
      target += 128;
    }
    packColumns(rows, bytes, k, inner, 4, target);
  } else {
    packColumns(rows, bytes, 0, inner, left, target);
  }
}

function packColumns(rows: usize, bytes: usize, first: i32, inner: i32, left: i32, panel: usize): void {
  let target = panel;
  for (let k = first; k < inner; k++) {
    for (let t = 0; t < 4; t++) {
      const value: f32 = t < left ? load<f32>(rows + <usize>t * bytes + ((<usize>k) << 2)) : 0;
      store<f32>(target + ((<usize>t) << 2), value);
    }
    target += 32;
  }
}

/** Packs one panel of a matrix, or of its transpose, from a column on that begins a panel. */
export function packPanel(
  matrix: usize,
  stride: i32,
  inner: i32,
  column: i32,
  columns: i32,
  isTransposed: bool,
  panel: usize,
): void {
  const width = min(PANEL, columns - column);
  if (isTransposed) packTransposed(matrix + ((<usize>column * <usize>stride) << 2), stride, inner, width, panel);
  else packPanels(matrix + ((<usize>column) << 2), stride, inner, width, panel);
}
