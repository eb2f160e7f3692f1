import { inPanels, PANEL, packPanel } from './pack';
import { maximumOf, storeSome } from './vector';

// Weights of a quarter of the size: whole numbers up to ±127 with a scale for each column, in panels [⌈N / 8⌉, ⌈K / 2⌉, 8, 2].
// Behind the panels of a matrix lie its scales, 8 for each panel. Rows on the left get a scale of their own when they
// come; their numbers take 16 bits, and sums of products of pairs 32.

/** Numbers of a row, filled up to whole pairs. */
function inPairs(inner: i32): i32 {
  return (inner + 1) & ~1;
}

/** Bytes of the panels of a matrix, without the scales. */
export function int8PanelBytes(inner: i32, columns: i32): usize {
  return <usize>inPairs(inner) * <usize>inPanels(columns);
}

/** Bytes of working memory of {@link matMulInt8} for so many rows. */
export function int8ScratchBytes(rows: i32, inner: i32): usize {
  return <usize>rows * (((<usize>(inPairs(inner) + 8)) << 1) + 4) + 32;
}

/** As `packPanels` or, for a transposed matrix, `packTransposed`; `scratch` of one panel of float32. */
export function packInt8(
  matrix: usize,
  stride: i32,
  inner: i32,
  columns: i32,
  isTransposed: bool,
  panels: usize,
  scales: usize,
  scratch: usize,
): void {
  let target = panels;
  for (let column = 0; column < columns; column += PANEL) {
    packPanel(matrix, stride, inner, column, columns, isTransposed, scratch);
    for (let t = 0; t < PANEL; t++) {
      const numbers = scratch + ((<usize>t) << 2);
      let highest: f32 = 0;
      for (let k = 0; k < inner; k++) highest = max<f32>(highest, abs<f32>(load<f32>(numbers + ((<usize>k) << 5))));
      const factor: f32 = highest > 0 ? <f32>127 / highest : 0;
      for (let k = 0; k < inPairs(inner); k++) {
        const whole = k < inner ? nearest<f32>(load<f32>(numbers + ((<usize>k) << 5)) * factor) : 0;
        store<i8>(target + <usize>((k >> 1) * 16 + t * 2 + (k & 1)), <i8>whole);
      }
      store<f32>(scales + ((<usize>(column + t)) << 2), highest / 127);
    }
    target += <usize>(inPairs(inner) * PANEL);
  }
}

/** Rows as whole numbers of 16 bits up to ±127, with the scale of each. */
function quantizeRows(a: usize, aStride: i32, rows: i32, inner: i32, whole: usize, scales: usize): void {
  const bytes = (<usize>inPairs(inner)) << 1;
  for (let row = 0; row < rows; row++) {
    const source = a + ((<usize>row * <usize>aStride) << 2);
    const target = whole + <usize>row * bytes;
    let highest = f32x4.splat(0);
    let k = 0;
    for (; k + 4 <= inner; k += 4) highest = f32x4.max(highest, f32x4.abs(v128.load(source + ((<usize>k) << 2))));
    let most = maximumOf(highest);
    for (; k < inner; k++) most = max<f32>(most, abs<f32>(load<f32>(source + ((<usize>k) << 2))));
    const factor: f32 = most > 0 ? <f32>127 / most : 0;
    const factors = f32x4.splat(factor);
    k = 0;
    for (; k + 8 <= inner; k += 8) {
      const at = source + ((<usize>k) << 2);
      const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at), factors)));
      const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(at, 16), factors)));
      v128.store(target + ((<usize>k) << 1), i16x8.narrow_i32x4_s(low, high));
    }
    for (; k < inPairs(inner); k++) {
      const number: f32 = k < inner ? nearest<f32>(load<f32>(source + ((<usize>k) << 2)) * factor) : 0;
      store<i16>(target + ((<usize>k) << 1), <i16>number);
    }
    store<f32>(scales + ((<usize>row) << 2), most / 127);
  }
}

/** `matMul` with panels of whole numbers; `scratch` see {@link int8ScratchBytes}. */
export function matMulInt8(
  a: usize,
  aStride: i32,
  panels: usize,
  columnScales: usize,
  c: usize,
  cStride: i32,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  const rowScales = scratch;
  const whole = (scratch + ((<usize>rows) << 2) + 15) & ~15;
  const rowBytes = (<usize>inPairs(inner)) << 1;
  const cBytes = (<usize>cStride) << 2;
  quantizeRows(a, aStride, rows, inner, whole, rowScales);
  for (let column = 0; column < columns; column += PANEL) {
    const panel = panels + <usize>(column * inPairs(inner));
    const scales = columnScales + ((<usize>column) << 2);
    const target = c + ((<usize>column) << 2);
    const width = columns - column;
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      const at = <usize>row;
      fourRows(
        whole + at * rowBytes,
        rowBytes,
        panel,
        rowScales + (at << 2),
        scales,
        target + at * cBytes,
        cBytes,
        width,
      );
    }
    for (; row < rows; row++) {
      const at = <usize>row;
      oneRow(whole + at * rowBytes, rowBytes, panel, rowScales + (at << 2), scales, target + at * cBytes, width);
    }
  }
}

function fourRows(
  a: usize,
  rowBytes: usize,
  panel: usize,
  rowScales: usize,
  columnScales: usize,
  c: usize,
  cBytes: usize,
  width: i32,
): void {
  let a0 = a;
  let a1 = a0 + rowBytes;
  let a2 = a1 + rowBytes;
  let a3 = a2 + rowBytes;
  let b = panel;
  let c00 = i32x4.splat(0);
  let c01 = i32x4.splat(0);
  let c10 = i32x4.splat(0);
  let c11 = i32x4.splat(0);
  let c20 = i32x4.splat(0);
  let c21 = i32x4.splat(0);
  let c30 = i32x4.splat(0);
  let c31 = i32x4.splat(0);
  const end = a0 + rowBytes;
  while (a0 < end) {
    const b0 = v128.load8x8_s(b);
    const b1 = v128.load8x8_s(b, 8);
    let x = v128.load32_splat(a0);
    c00 = i32x4.add(c00, i32x4.dot_i16x8_s(x, b0));
    c01 = i32x4.add(c01, i32x4.dot_i16x8_s(x, b1));
    x = v128.load32_splat(a1);
    c10 = i32x4.add(c10, i32x4.dot_i16x8_s(x, b0));
    c11 = i32x4.add(c11, i32x4.dot_i16x8_s(x, b1));
    x = v128.load32_splat(a2);
    c20 = i32x4.add(c20, i32x4.dot_i16x8_s(x, b0));
    c21 = i32x4.add(c21, i32x4.dot_i16x8_s(x, b1));
    x = v128.load32_splat(a3);
    c30 = i32x4.add(c30, i32x4.dot_i16x8_s(x, b0));
    c31 = i32x4.add(c31, i32x4.dot_i16x8_s(x, b1));
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += 16;
  }
  storeScaled(c, c00, c01, load<f32>(rowScales), columnScales, width);
  storeScaled(c + cBytes, c10, c11, load<f32>(rowScales, 4), columnScales, width);
  storeScaled(c + 2 * cBytes, c20, c21, load<f32>(rowScales, 8), columnScales, width);
  storeScaled(c + 3 * cBytes, c30, c31, load<f32>(rowScales, 12), columnScales, width);
}

function oneRow(
  a: usize,
  rowBytes: usize,
  panel: usize,
  rowScale: usize,
  columnScales: usize,
  c: usize,
  width: i32,
): void {
  let a0 = a;
  let b = panel;
  let c0 = i32x4.splat(0);
  let c1 = i32x4.splat(0);
  const end = a0 + rowBytes;
  while (a0 < end) {
    const x = v128.load32_splat(a0);
    c0 = i32x4.add(c0, i32x4.dot_i16x8_s(x, v128.load8x8_s(b)));
    c1 = i32x4.add(c1, i32x4.dot_i16x8_s(x, v128.load8x8_s(b, 8)));
    a0 += 4;
    b += 16;
  }
  storeScaled(c, c0, c1, load<f32>(rowScale), columnScales, width);
}

function storeScaled(target: usize, low: v128, high: v128, rowScale: f32, columnScales: usize, width: i32): void {
  const scale = f32x4.splat(rowScale);
  const first = f32x4.mul(scale, v128.load(columnScales));
  const second = f32x4.mul(scale, v128.load(columnScales, 16));
  storeSome(target, f32x4.mul(f32x4.convert_i32x4_s(low), first), width);
  if (width > 4) storeSome(target + 16, f32x4.mul(f32x4.convert_i32x4_s(high), second), width - 4);
}
