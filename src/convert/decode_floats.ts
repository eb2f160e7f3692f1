import { getFloat16 } from '@petamoriken/float16';

/** Number types that {@link decodeFloats} turns into float32. */
export type FloatType = 'F64' | 'F32' | 'F16' | 'BF16';

/** Bytes of one number. */
export const FLOAT_SIZES: Readonly<Record<FloatType, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/**
 * Little-endian floats of any width as float32; F64 is rounded, the others keep their exact value.
 *
 * @param bytes a whole number of values; for F32 the result shares its memory.
 */
export function decodeFloats(bytes: Uint8Array, type: FloatType): Float32Array {
  const size = FLOAT_SIZES[type];
  const length = bytes.byteLength / size;
  const { buffer, byteOffset } = aligned(bytes, size);
  switch (type) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, length);
    case 'F64':
      return new Float32Array(new Float64Array(buffer, byteOffset, length));
    case 'F16': {
      const table = halfTable();
      const bits = new Uint16Array(buffer, byteOffset, length);
      const values = new Float32Array(length);
      for (let index = 0; index < length; index++) values[index] = table[bits[index]!]!;
      return values;
    }
    case 'BF16': {
      const upper = new Uint16Array(buffer, byteOffset, length);
      const bits = new Uint32Array(length);
      for (let index = 0; index < length; index++) bits[index] = upper[index]! << 16;
      return new Float32Array(bits.buffer);
    }
  }
}

let halves: Float32Array | undefined;

/** All 65536 half-precision values: looking one up is many times faster than decoding it. */
function halfTable(): Float32Array {
  if (halves === undefined) {
    halves = new Float32Array(65536);
    const view = new DataView(new ArrayBuffer(2));
    for (let bits = 0; bits < 65536; bits++) {
      view.setUint16(0, bits, true);
      halves[bits] = getFloat16(view, 0, true);
    }
  }
  return halves;
}

/** The bytes themselves if typed arrays of `size` bytes a number can start there, else a copy. */
function aligned(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % size === 0 ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
}
