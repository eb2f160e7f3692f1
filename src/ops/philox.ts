/** Multipliers and key increments of Philox 4x32. */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** A number of 32 bits that TensorFlow scrambles the seed with, twice. */
const SCRAMBLE_KEY = [0x3ec8f720, 0x02461e29] as const;

/**
 * Uniform numbers of at least 0 and below 1 from a seed, the same that TensorFlow's `StatelessRandomUniform` gives.
 *
 * Philox 4x32-10: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (2011); seeds as in TensorFlow's
 * `stateless_random_ops.cc`.
 *
 * @param size how many.
 * @param seed a 32-bit integer.
 */
export function philoxUniform(size: number, seed: number): Float32Array {
  const words = new Uint32Array(4);
  const [key0, key1, counter2, counter3] = philoxState(seed);
  const result = new Float32Array(size);
  for (let group = 0; group * 4 < size; group++) {
    philox(words, group, 0, counter2, counter3, key0, key1);
    const last = Math.min(4, size - group * 4);
    // The low 23 bits are the digits after the point.
    for (let i = 0; i < last; i++) result[group * 4 + i] = (words[i]! & 0x7fffff) / 0x800000;
  }
  return result;
}

/**
 * Where the generator starts for a seed: the two words of its key, and the upper two of its counter.
 *
 * @param seed a 32-bit integer.
 */
export function philoxState(seed: number): readonly [key0: number, key1: number, counter2: number, counter3: number] {
  const words = new Uint32Array(4);
  // TensorFlow takes two 64-bit numbers; the first is ours with its sign, the second is 0.
  philox(words, seed >>> 0, (seed | 0) < 0 ? 0xffffffff : 0, 0, 0, ...SCRAMBLE_KEY);
  const [key0, key1, counter2, counter3] = words;
  return [key0!, key1!, counter2!, counter3!];
}

/** One block of four random words from a counter of four words and a key of two; no arrays, for its speed. */
function philox(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, key0: number, key1: number): void {
  let a = c0;
  let b = c1;
  let c = c2;
  let d = c3;
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, a);
    const high1 = multiplyHigh(MULTIPLIER_1, c);
    const low0 = Math.imul(MULTIPLIER_0, a);
    const low1 = Math.imul(MULTIPLIER_1, c);
    a = high1 ^ b ^ k0;
    b = low1;
    c = high0 ^ d ^ k1;
    d = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** Upper 32 bits of the product of two unsigned 32-bit integers, as a signed one; by halves, which do not overflow. */
function multiplyHigh(x: number, y: number): number {
  const xLow = x & 0xffff;
  const xHigh = x >>> 16;
  const yLow = y & 0xffff;
  const yHigh = y >>> 16;
  const highLow = Math.imul(xHigh, yLow);
  const lowHigh = Math.imul(xLow, yHigh);
  const middle = (Math.imul(xLow, yLow) >>> 16) + (highLow & 0xffff) + (lowHigh & 0xffff);
  return (Math.imul(xHigh, yHigh) + (highLow >>> 16) + (lowHigh >>> 16) + (middle >>> 16)) | 0;
}
