import { matMul, matMulTransposed, transposedScratchBytes } from './mat_mul';
import { inPanels, PANEL, packPanels, packTransposed } from './pack';
import { addRow } from './rows';

// Scores by distance: the content of position i meets the distance to position j in column S − 1 − i + j of the
// positions `[d, 2S]`. Rows of content next to each other need nearly the same columns, so some are multiplied together,
// and each row of products is then read from where its own columns begin.

/** Rows of content at a time. */
const ROWS: i32 = 16;

/** Columns that some rows can need, those before the first whole panel included. */
function widest(length: i32): i32 {
  return inPanels(length + ROWS + PANEL);
}

/** Bytes of scratch that {@link relativeScores} needs. */
export function relativeScratchBytes(length: i32, size: i32): usize {
  return (<usize>inPanels(2 * length) * <usize>size + <usize>ROWS * <usize>widest(length)) << 2;
}

/**
 * `scores[i, j] = content[i] · positions[:, S − 1 − i + j]` for each head and text.
 *
 * @param content `[heads, batch, S, d]`; `positions` `[heads, d, 2S]`; `scores` `[heads, batch, S, S]`.
 * @param isTransposed whether `scores[j, i]` is written instead.
 */
export function relativeScores(
  content: usize,
  positions: usize,
  scores: usize,
  heads: i32,
  batch: i32,
  length: i32,
  size: i32,
  isTransposed: bool,
  scratch: usize,
): void {
  const columns = 2 * length;
  const products = scratch + ((<usize>inPanels(columns) * <usize>size) << 2);
  const stride = widest(length);
  for (let head = 0; head < heads; head++) {
    packPanels(positions + ((<usize>head * <usize>size * <usize>columns) << 2), columns, size, columns, scratch);
    for (let text = 0; text < batch; text++) {
      const matrix = <usize>(head * batch + text) * <usize>length;
      for (let first = 0; first < length; first += ROWS) {
        const rows = min(ROWS, length - first);
        const begin = (length - first - rows) & ~7;
        const panels = scratch + ((<usize>begin * <usize>size) << 2);
        const source = content + (((matrix + <usize>first) * <usize>size) << 2);
        matMul(source, size, panels, products, stride, rows, size, columns - 1 - first - begin);
        const start = products + ((<usize>(length - 1 - first - begin)) << 2);
        const target = scores + ((matrix * <usize>length) << 2);
        if (isTransposed) writeColumns(start, stride, target + ((<usize>first) << 2), rows, length);
        else writeRows(start, stride, target + ((<usize>first * <usize>length) << 2), rows, length);
      }
    }
  }
}

/** Row i starts i numbers earlier than the row above it. */
function writeRows(products: usize, stride: i32, scores: usize, rows: i32, length: i32): void {
  const bytes = (<usize>length) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(scores + <usize>row * bytes, products + ((<usize>(row * (stride - 1))) << 2), bytes);
  }
}

function writeColumns(products: usize, stride: i32, scores: usize, rows: i32, length: i32): void {
  const step = (<usize>(stride - 1)) << 2;
  for (let column = 0; column < length; column++) {
    let source = products + ((<usize>column) << 2);
    const target = scores + ((<usize>column * <usize>length) << 2);
    for (let row = 0; row < rows; row++) {
      store<f32>(target + ((<usize>row) << 2), load<f32>(source));
      source += step;
    }
  }
}

/** Bytes of scratch that {@link relativeGradients} needs. */
export function relativeGradientScratchBytes(batch: i32, length: i32, size: i32): usize {
  const inner = <usize>(batch * ROWS);
  const width = <usize>widest(length);
  const panels = <usize>(2 * length) * <usize>inPanels(size);
  const numbers = panels + 2 * inner * width + inner * <usize>size + <usize>size * width;
  return (numbers << 2) + transposedScratchBytes(size, batch * ROWS);
}

/**
 * The gradients of {@link relativeScores}.
 *
 * @param dScores `[heads, batch, S, S]`.
 * @param dContent, dPositions written, as large as content and positions.
 */
export function relativeGradients(
  dScores: usize,
  content: usize,
  positions: usize,
  dContent: usize,
  dPositions: usize,
  heads: i32,
  batch: i32,
  length: i32,
  size: i32,
  isTransposed: bool,
  scratch: usize,
): void {
  const columns = 2 * length;
  const stride = widest(length);
  const strideBytes = (<usize>stride) << 2;
  const inner = batch * ROWS;
  const panels = scratch;
  const shifted = panels + ((<usize>columns * <usize>inPanels(size)) << 2);
  const shiftedPanels = shifted + <usize>inner * strideBytes;
  const gathered = shiftedPanels + <usize>inner * strideBytes;
  const product = gathered + ((<usize>inner * <usize>size) << 2);
  const rest = product + <usize>size * strideBytes;
  const rowBytes = (<usize>size) << 2;
  memory.fill(dPositions, 0, <usize>heads * <usize>columns * rowBytes);
  for (let head = 0; head < heads; head++) {
    const matrix = <usize>head * <usize>size * <usize>columns;
    packTransposed(positions + (matrix << 2), columns, columns, size, panels);
    for (let first = 0; first < length; first += ROWS) {
      const rows = min(ROWS, length - first);
      const begin = length - first - rows;
      const width = length + rows - 1;
      memory.fill(shifted, 0, <usize>(batch * rows) * strideBytes);
      for (let text = 0; text < batch; text++) {
        const row = <usize>(head * batch + text) * <usize>length + <usize>first;
        const source = dScores + ((<usize>(head * batch + text) * <usize>length * <usize>length) << 2);
        const target = shifted + <usize>(text * rows) * strideBytes;
        shift(source, length, first, rows, isTransposed, target, stride);
        // Panel by panel, since only some of its rows are needed.
        for (let column = 0; column < size; column += PANEL) {
          const panel = panels + ((<usize>column * <usize>columns) << 2) + ((<usize>begin) << 5);
          const part = dContent + row * rowBytes + ((<usize>column) << 2);
          matMul(target, stride, panel, part, size, rows, width, min(PANEL, size - column));
        }
        memory.copy(gathered + <usize>(text * rows) * rowBytes, content + row * rowBytes, <usize>rows * rowBytes);
      }
      packPanels(shifted, stride, batch * rows, width, shiftedPanels);
      matMulTransposed(gathered, size, shiftedPanels, product, stride, size, batch * rows, width, rest);
      for (let i = 0; i < size; i++) {
        const target = dPositions + ((matrix + <usize>i * <usize>columns + <usize>begin) << 2);
        addRow(target, product + <usize>i * strideBytes, width);
      }
    }
  }
}

/** Each gradient back to the column that its score came from. */
function shift(
  dScores: usize,
  length: i32,
  first: i32,
  rows: i32,
  isTransposed: bool,
  target: usize,
  stride: i32,
): void {
  const bytes = (<usize>length) << 2;
  for (let row = 0; row < rows; row++) {
    const start = target + ((<usize>(row * stride + rows - 1 - row)) << 2);
    if (!isTransposed) memory.copy(start, dScores + <usize>(first + row) * bytes, bytes);
  }
  if (!isTransposed) return;
  for (let column = 0; column < length; column++) {
    let to = target + ((<usize>(rows - 1 + column)) << 2);
    const from = dScores + <usize>column * bytes + ((<usize>first) << 2);
    for (let row = 0; row < rows; row++) {
      store<f32>(to, load<f32>(from + ((<usize>row) << 2)));
      to += (<usize>(stride - 1)) << 2;
    }
  }
}
