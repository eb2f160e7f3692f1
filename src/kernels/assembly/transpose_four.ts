/** Transposes a block of 4 × 4 numbers; rows of `x` lie `xBytes` apart, those of `y` `yBytes`. */
export function transposeFour(x: usize, xBytes: usize, y: usize, yBytes: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + xBytes);
  const c = v128.load(x + 2 * xBytes);
  const d = v128.load(x + 3 * xBytes);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(y + yBytes, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(y + 2 * yBytes, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(y + 3 * yBytes, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
