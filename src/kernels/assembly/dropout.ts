import { storeSome } from './vector';

// Philox 4x32-10, four blocks of four numbers at a time; src/ops/philox.ts says what it is, and gives the same numbers.

const MULTIPLIER_0: i32 = <i32>0xd2511f53;
const MULTIPLIER_1: i32 = <i32>0xcd9e8d57;
const WEYL_0: i32 = <i32>0x9e3779b9;
const WEYL_1: i32 = <i32>0xbb67ae85;
const ROUNDS: i32 = 10;
const DIGITS: i32 = 0x7fffff;

/**
 * `y = x · kept`, or 0 where the random number is below `limit`.
 *
 * @param limit of the low 23 bits of a random word.
 */
export function dropout(
  x: usize,
  y: usize,
  count: i32,
  key0: i32,
  key1: i32,
  counter2: i32,
  counter3: i32,
  limit: i32,
  kept: f32,
): void {
  const scale = f32x4.splat(kept);
  const least = i32x4.splat(limit);
  let at: usize = 0;
  let blocks = i32x4(0, 1, 2, 3);
  for (let left = count; left > 0; left -= 16) {
    let a = blocks;
    let b = i32x4.splat(0);
    let c = i32x4.splat(counter2);
    let d = i32x4.splat(counter3);
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < ROUNDS; round++) {
      const m0 = i32x4.splat(MULTIPLIER_0);
      const m1 = i32x4.splat(MULTIPLIER_1);
      const low0 = i64x2.extmul_low_i32x4_u(a, m0);
      const high0 = i64x2.extmul_high_i32x4_u(a, m0);
      const low1 = i64x2.extmul_low_i32x4_u(c, m1);
      const high1 = i64x2.extmul_high_i32x4_u(c, m1);
      a = v128.xor(v128.xor(v128.shuffle<i32>(low1, high1, 1, 3, 5, 7), b), i32x4.splat(k0));
      b = v128.shuffle<i32>(low1, high1, 0, 2, 4, 6);
      c = v128.xor(v128.xor(v128.shuffle<i32>(low0, high0, 1, 3, 5, 7), d), i32x4.splat(k1));
      d = v128.shuffle<i32>(low0, high0, 0, 2, 4, 6);
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    // A block's four words follow one another, and lie in one lane of the four vectors.
    const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    drop(x + at, y + at, v128.shuffle<i32>(abLow, cdLow, 0, 1, 4, 5), least, scale, left);
    drop(x + at + 16, y + at + 16, v128.shuffle<i32>(abLow, cdLow, 2, 3, 6, 7), least, scale, left - 4);
    drop(x + at + 32, y + at + 32, v128.shuffle<i32>(abHigh, cdHigh, 0, 1, 4, 5), least, scale, left - 8);
    drop(x + at + 48, y + at + 48, v128.shuffle<i32>(abHigh, cdHigh, 2, 3, 6, 7), least, scale, left - 12);
    at += 64;
    blocks = i32x4.add(blocks, i32x4.splat(4));
  }
}

function drop(x: usize, y: usize, words: v128, least: v128, scale: v128, left: i32): void {
  if (left <= 0) return;
  const isKept = i32x4.ge_s(v128.and(words, i32x4.splat(DIGITS)), least);
  storeSome(y, f32x4.mul(v128.load(x), v128.and(scale, isKept)), left);
}
