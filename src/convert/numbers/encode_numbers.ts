import { InputError } from '../../errors';

/** A type floats can be stored in with fewer digits. */
export type HalfType = 'float16' | 'bfloat16';

/** The largest float16; from 65520 on a number would be rounded to infinity. */
const LARGEST_HALF = 65504;
const TOO_LARGE_BITS = 0x477ff000;
/** Smallest number that float16 holds with all its digits, 2⁻¹⁴, and one over the smallest it holds at all. */
const SMALLEST_NORMAL_BITS = 0x38800000;
const SUBNORMAL_SCALE = 2 ** 24;
const INFINITY_BITS = 0x7f800000;

/**
 * Floats in half the bytes, each rounded to the nearest, ties to even, as PyTorch and NumPy do.
 *
 * @param name of the weight, for the message.
 * @throws {InputError} for a finite number that float16 cannot hold.
 */
export function encodeHalves(values: Float32Array, type: HalfType, name: string): Uint16Array<ArrayBuffer> {
  return type === 'float16' ? encodeFloat16(values, name) : encodeBfloat16(values);
}

function encodeFloat16(values: Float32Array, name: string): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < halves.length; index++) {
    const sign = (bits[index]! >>> 16) & 0x8000;
    const magnitude = bits[index]! & 0x7fffffff;
    if (magnitude < SMALLEST_NORMAL_BITS) {
      halves[index] = sign | roundToEven(Math.abs(values[index]!) * SUBNORMAL_SCALE);
    } else if (magnitude < TOO_LARGE_BITS) {
      const isOdd = (magnitude >> 13) & 1;
      halves[index] = sign | ((magnitude - 0x38000000 + 0xfff + isOdd) >> 13);
    } else if (magnitude >= INFINITY_BITS) {
      halves[index] = sign | (magnitude === INFINITY_BITS ? 0x7c00 : 0x7e00);
    } else {
      throw new InputError(
        `Weight ${name} must have no value beyond ${LARGEST_HALF} to be stored as float16, received ${values[index]}; store it as bfloat16 or float32.`,
        { path: name, expected: LARGEST_HALF, received: values[index] },
      );
    }
  }
  return halves;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function encodeBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < halves.length; index++) {
    const whole = bits[index]!;
    const isNumber = (whole & 0x7fffffff) <= INFINITY_BITS;
    const isOdd = (whole >>> 16) & 1;
    halves[index] = isNumber ? (whole + 0x7fff + isOdd) >>> 16 : (whole >>> 16) | 0x40;
  }
  return halves;
}
