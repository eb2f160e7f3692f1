import { matMul } from './mat_mul';
import { PANEL, packPanel } from './pack';

// Weights of half the size: float16 in panels as those of pack.ts, widened panel by panel before they multiply.

/** Bytes of working memory of {@link matMulHalf} and the packing here: one panel of float32. */
export function halfScratchBytes(inner: i32): usize {
  return (<usize>inner) << 5;
}

/** As `packPanels` or, for a transposed matrix, `packTransposed`. */
export function packHalf(
  matrix: usize,
  stride: i32,
  inner: i32,
  columns: i32,
  isTransposed: bool,
  panels: usize,
  scratch: usize,
): void {
  let target = panels;
  for (let column = 0; column < columns; column += PANEL) {
    packPanel(matrix, stride, inner, column, columns, isTransposed, scratch);
    for (let i = 0; i < inner * PANEL; i++) {
      store<u16>(target, toHalf(load<f32>(scratch + ((<usize>i) << 2))));
      target += 2;
    }
  }
}

/** The nearest float16, as bits; what is too large becomes the largest. */
function toHalf(x: f32): u16 {
  const bits = reinterpret<u32>(x);
  const sign = (bits >> 16) & 0x8000;
  const magnitude = reinterpret<f32>(bits & 0x7fffffff);
  if (magnitude >= 65520) return <u16>(sign | 0x7bff);
  // Numbers below the smallest normal one: multiples of 2^-24.
  if (magnitude < 6.103515625e-5) return <u16>(sign | <u32>nearest<f32>(magnitude * 16777216));
  const rounded = (bits & 0x7fffffff) + 0xfff + ((bits >> 13) & 1);
  return <u16>(sign | ((rounded - 0x38000000) >> 13));
}

/** Four float16 in the low halves of their lanes, as float32. */
function widen(half: v128): v128 {
  const sign = v128.and(i32x4.shl(half, 16), i32x4.splat(0x80000000));
  const magnitude = i32x4.shl(v128.and(half, i32x4.splat(0x7fff)), 13);
  // Times 2^112, which moves the exponent; subnormal numbers come out right too.
  return v128.or(f32x4.mul(magnitude, f32x4.splat(reinterpret<f32>(0x77800000))), sign);
}

/** `matMul` with panels of float16; `scratch` see {@link halfScratchBytes}. */
export function matMulHalf(
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
  let source = panels;
  for (let column = 0; column < columns; column += PANEL) {
    let target = scratch;
    for (let k = 0; k < inner; k++) {
      v128.store(target, widen(v128.load16x4_u(source)));
      v128.store(target, widen(v128.load16x4_u(source, 8)), 16);
      source += 16;
      target += 32;
    }
    matMul(a, aStride, scratch, c + ((<usize>column) << 2), cStride, rows, inner, min(PANEL, columns - column));
  }
}
