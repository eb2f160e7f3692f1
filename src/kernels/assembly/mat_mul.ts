import { inPanels, PANEL, packPanels } from './pack';
import { multiplyAdd, storeSome } from './vector';

/** Rows that pass over the panels together: their part of the left-hand matrix stays in the cache meanwhile. */
const BLOCK_ROWS: i32 = 96;

let prefersSixRows: bool = false;

/**
 * Says whether blocks of six rows are faster here than those of four; see instantiate_kernels.ts. They need all registers of
 * an x64, of which a product that is not fused with its addition takes one.
 */
export function preferSixRows(isFaster: bool): void {
  prefersSixRows = isFaster;
}

/**
 * `c[M, N] = a[M, K] · b`, with `b` in panels (see pack.ts).
 *
 * Blocks of 4 × 8 or 6 × 8 results, whose vectors stay in registers. An unrolled loop is slower in V8.
 *
 * @param aStride how many numbers apart the rows of `a` are, `cStride` those of `c`.
 */
export function matMul(
  a: usize,
  aStride: i32,
  panels: usize,
  c: usize,
  cStride: i32,
  rows: i32,
  inner: i32,
  columns: i32,
): void {
  const aBytes = (<usize>aStride) << 2;
  const cBytes = (<usize>cStride) << 2;
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const end = min(rows, first + BLOCK_ROWS);
    for (let column = 0; column < columns; column += PANEL) {
      const panel = panels + ((<usize>column * <usize>inner) << 2);
      const target = c + ((<usize>column) << 2);
      const width = columns - column;
      let row = first;
      if (ASC_FEATURE_RELAXED_SIMD && prefersSixRows) {
        for (; isForSix(end - row); row += 6) {
          sixRows(a + <usize>row * aBytes, aBytes, panel, target + <usize>row * cBytes, cBytes, inner, width);
        }
      }
      for (; row + 4 <= end; row += 4) {
        fourRows(a + <usize>row * aBytes, aBytes, panel, target + <usize>row * cBytes, cBytes, inner, width);
      }
      for (; row < end; row++) oneRow(a + <usize>row * aBytes, panel, 32, target + <usize>row * cBytes, inner, width);
    }
  }
}

/** Whether the next block is one of six rows, by the rows that are left: of eight and nine two blocks of four leave less. */
function isForSix(rows: i32): bool {
  return rows >= 6 && rows !== 8 && rows !== 9;
}

/** Bytes of scratch that {@link matMulTransposed} needs. */
export function transposedScratchBytes(rows: i32, inner: i32): usize {
  return (<usize>min(BLOCK_ROWS, inPanels(rows)) * <usize>inner) << 2;
}

/**
 * `c[M, N] = aᵀ · b` with `a[K, M]`, and `b` in panels. Columns of `a` are put into panels as well, some at a time.
 *
 * @param aStride how many numbers apart the rows of `a` are, `cStride` those of `c`.
 */
export function matMulTransposed(
  a: usize,
  aStride: i32,
  panels: usize,
  c: usize,
  cStride: i32,
  rows: i32,
  inner: i32,
  columns: i32,
  scratch: usize,
): void {
  const cBytes = (<usize>cStride) << 2;
  const panelBytes = (<usize>inner) << 5;
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const count = min(BLOCK_ROWS, rows - first);
    packPanels(a + ((<usize>first) << 2), aStride, inner, count, scratch);
    for (let column = 0; column < columns; column += PANEL) {
      const panel = panels + ((<usize>column * <usize>inner) << 2);
      const target = c + <usize>first * cBytes + ((<usize>column) << 2);
      for (let row = 0; row < count; row += 4) {
        const left = scratch + <usize>(row >> 3) * panelBytes + ((<usize>(row & 4)) << 2);
        fourColumns(left, panel, target + <usize>row * cBytes, cBytes, inner, columns - column, count - row);
      }
    }
  }
}

/**
 * `c[M, N] = a · b` for so few rows that putting `b` into panels would take longer than the product.
 *
 * @param b `[K, N]`, rows `bStride` numbers apart.
 */
export function matMulFewRows(
  a: usize,
  aStride: i32,
  b: usize,
  bStride: i32,
  c: usize,
  cStride: i32,
  rows: i32,
  inner: i32,
  columns: i32,
): void {
  const bBytes = (<usize>bStride) << 2;
  for (let column = 0; column < columns; column += PANEL) {
    const at = (<usize>column) << 2;
    for (let row = 0; row < rows; row++) {
      const left = a + ((<usize>row * <usize>aStride) << 2);
      oneRow(left, b + at, bBytes, c + ((<usize>row * <usize>cStride) << 2) + at, inner, columns - column);
    }
  }
}

function fourRows(a: usize, aBytes: usize, panel: usize, c: usize, cBytes: usize, inner: i32, width: i32): void {
  let a0 = a;
  let a1 = a0 + aBytes;
  let a2 = a1 + aBytes;
  let a3 = a2 + aBytes;
  let b = panel;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = a0 + ((<usize>inner) << 2);
  while (a0 < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += 32;
  }
  storeEight(c, c00, c01, width);
  storeEight(c + cBytes, c10, c11, width);
  storeEight(c + 2 * cBytes, c20, c21, width);
  storeEight(c + 3 * cBytes, c30, c31, width);
}

/** As {@link fourRows}, of six. */
function sixRows(a: usize, aBytes: usize, panel: usize, c: usize, cBytes: usize, inner: i32, width: i32): void {
  let a0 = a;
  let a1 = a0 + aBytes;
  let a2 = a1 + aBytes;
  let a3 = a2 + aBytes;
  let a4 = a3 + aBytes;
  let a5 = a4 + aBytes;
  let b = panel;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0);
  let c51 = f32x4.splat(0);
  const end = a0 + ((<usize>inner) << 2);
  while (a0 < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    x = v128.load32_splat(a4);
    c40 = multiplyAdd(x, b0, c40);
    c41 = multiplyAdd(x, b1, c41);
    x = v128.load32_splat(a5);
    c50 = multiplyAdd(x, b0, c50);
    c51 = multiplyAdd(x, b1, c51);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    a4 += 4;
    a5 += 4;
    b += 32;
  }
  storeEight(c, c00, c01, width);
  storeEight(c + cBytes, c10, c11, width);
  storeEight(c + 2 * cBytes, c20, c21, width);
  storeEight(c + 3 * cBytes, c30, c31, width);
  storeEight(c + 4 * cBytes, c40, c41, width);
  storeEight(c + 5 * cBytes, c50, c51, width);
}

/** As {@link fourRows}, with `a` as four columns of a panel. */
function fourColumns(a: usize, panel: usize, c: usize, cBytes: usize, inner: i32, width: i32, rows: i32): void {
  let left = a;
  let b = panel;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = b + ((<usize>inner) << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(left);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load32_splat(left, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load32_splat(left, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load32_splat(left, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    left += 32;
    b += 32;
  }
  storeEight(c, c00, c01, width);
  if (rows > 1) storeEight(c + cBytes, c10, c11, width);
  if (rows > 2) storeEight(c + 2 * cBytes, c20, c21, width);
  if (rows > 3) storeEight(c + 3 * cBytes, c30, c31, width);
}

/** One row of results; `panel` has rows `bBytes` apart. */
function oneRow(a: usize, panel: usize, bBytes: usize, c: usize, inner: i32, width: i32): void {
  let a0 = a;
  let b = panel;
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(0);
  const end = a0 + ((<usize>inner) << 2);
  while (a0 < end) {
    const x = v128.load32_splat(a0);
    c0 = multiplyAdd(x, v128.load(b), c0);
    c1 = multiplyAdd(x, v128.load(b, 16), c1);
    a0 += 4;
    b += bBytes;
  }
  storeEight(c, c0, c1, width);
}

function storeEight(target: usize, low: v128, high: v128, width: i32): void {
  if (width >= PANEL) {
    v128.store(target, low);
    v128.store(target, high, 16);
  } else {
    storeSome(target, low, width);
    storeSome(target + 16, high, width - 4);
  }
}
