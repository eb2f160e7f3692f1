import { geluOf } from './gelu';
import { exponential, hyperbolicTangent, multiplyAdd, sigmoid, storeSome } from './vector';

// The numbers of activations, as in activation_code.ts.
const NONE: i32 = 0;
const GELU: i32 = 1;
const GELU_10: i32 = 2;
const GELU_TANH: i32 = 3;
const MISH: i32 = 4;
const QUICK_GELU: i32 = 5;
const RELU: i32 = 6;
const SIGMOID: i32 = 7;
const SILU: i32 = 8;
const TANH: i32 = 9;

/** An activation of four numbers; the formulas are those of `activations` in `src/ops/`. */
function activation(x: v128, code: i32): v128 {
  switch (code) {
    case GELU:
      return geluOf(x);
    case GELU_10:
      return f32x4.min(f32x4.max(geluOf(x), f32x4.splat(-10)), f32x4.splat(10));
    case GELU_TANH: {
      const cube = f32x4.mul(f32x4.mul(x, x), x);
      const inner = f32x4.mul(multiplyAdd(cube, f32x4.splat(0.044715), x), f32x4.splat(0.7978845608));
      return f32x4.mul(f32x4.mul(x, f32x4.splat(0.5)), f32x4.add(f32x4.splat(1), hyperbolicTangent(inner)));
    }
    case MISH: {
      // tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2); 1 in float32 from e^20 on, before e² overflows.
      const e = exponential(f32x4.min(x, f32x4.splat(20)));
      const square = multiplyAdd(e, e, f32x4.add(e, e));
      return f32x4.mul(x, f32x4.div(square, f32x4.add(square, f32x4.splat(2))));
    }
    case QUICK_GELU:
      return f32x4.mul(x, sigmoid(f32x4.mul(x, f32x4.splat(1.702))));
    case RELU:
      return f32x4.max(x, f32x4.splat(0));
    case SIGMOID:
      return sigmoid(x);
    case SILU:
      return f32x4.mul(x, sigmoid(x));
    case TANH:
      return hyperbolicTangent(x);
    default:
      return x;
  }
}

/** `x = activation(x + bias)` in place, rows `stride` numbers apart; no bias where it is 0. */
export function biasActivate(x: usize, stride: i32, bias: usize, rows: i32, columns: i32, code: i32): void {
  if (bias === 0 && code === NONE) return;
  for (let row = 0; row < rows; row++) {
    const start = x + ((<usize>row * <usize>stride) << 2);
    // A loop of its own for what most rows need.
    if (code === GELU && bias !== 0) biasGelu(start, bias, columns);
    else biasActivateRow(start, bias, columns, code);
  }
}

function biasGelu(x: usize, bias: usize, columns: i32): void {
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    storeSome(x + at, geluOf(f32x4.add(v128.load(x + at), v128.load(bias + at))), left);
    at += 16;
  }
}

function biasActivateRow(x: usize, bias: usize, columns: i32, code: i32): void {
  let at: usize = 0;
  for (let left = columns; left > 0; left -= 4) {
    const value = v128.load(x + at);
    const biased = bias === 0 ? value : f32x4.add(value, v128.load(bias + at));
    storeSome(x + at, activation(biased, code), left);
    at += 16;
  }
}
