import { multiplyAdd, storeSome } from './vector';

/**
 * A step of Adam: `m' = β1·m + (1 − β1)·g`, `v' = β2·v + (1 − β2)·g²`, `w' = keep·w − stepSize · m' / (√v' + ε)`.
 *
 * @param rest1, rest2 1 − β1 and 1 − β2.
 */
export function adam(
  weight: usize,
  m: usize,
  v: usize,
  gradient: usize,
  newWeight: usize,
  newM: usize,
  newV: usize,
  count: i32,
  keep: f32,
  stepSize: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  epsilon: f32,
): void {
  let at: usize = 0;
  for (let left = count; left > 0; left -= 4) {
    const g = v128.load(gradient + at);
    const mean = multiplyAdd(v128.load(m + at), f32x4.splat(beta1), f32x4.mul(g, f32x4.splat(rest1)));
    const squares = multiplyAdd(v128.load(v + at), f32x4.splat(beta2), f32x4.mul(f32x4.mul(g, g), f32x4.splat(rest2)));
    const change = f32x4.div(mean, f32x4.add(f32x4.sqrt(squares), f32x4.splat(epsilon)));
    const kept = f32x4.mul(v128.load(weight + at), f32x4.splat(keep));
    storeSome(newM + at, mean, left);
    storeSome(newV + at, squares, left);
    storeSome(newWeight + at, f32x4.sub(kept, f32x4.mul(change, f32x4.splat(stepSize))), left);
    at += 16;
  }
}
