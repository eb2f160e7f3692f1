import { getFloat16 } from '@petamoriken/float16';
import { CheckpointError } from '../../errors';

/** Bytes of one number of each type that {@link decodeNumbers} turns into float32. */
export const NUMBER_SIZES = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float8_e4m3fn: 1,
  float8_e5m2: 1,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint64: 8,
  uint32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
} as const;

/** A number type of a checkpoint. */
export type NumberType = keyof typeof NUMBER_SIZES;

/**
 * The number type a file names.
 *
 * @param path of the file and `name` of the tensor, for messages.
 * @throws {CheckpointError} when it is none that can be read as float32, such as complex numbers or texts.
 */
export function requireNumberType(path: string, name: string, dtype: string): NumberType {
  if (isNumberType(dtype)) return dtype;
  throw new CheckpointError(
    `Tensor ${name} in ${path} must hold numbers of type ${Object.keys(NUMBER_SIZES).join(', ')} to be a weight, received ${dtype}; save the checkpoint in one of these.`,
    { path, expected: Object.keys(NUMBER_SIZES), received: dtype },
  );
}

/** Whether {@link decodeNumbers} knows a type. */
export function isNumberType(dtype: string): dtype is NumberType {
  return Object.hasOwn(NUMBER_SIZES, dtype);
}

/**
 * Numbers of any type as float32: types with more digits are rounded to the nearest, the others keep their exact value.
 *
 * @param bytes a whole number of values, little-endian; for float32 the result shares its memory.
 */
export function decodeNumbers(bytes: Uint8Array, type: NumberType): Float32Array {
  const size = NUMBER_SIZES[type];
  const length = bytes.byteLength / size;
  const { buffer, byteOffset } = aligned(bytes, size);
  switch (type) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float32Array(new Float64Array(buffer, byteOffset, length));
    case 'float16':
      return lookUp(new Uint16Array(buffer, byteOffset, length), halfTable());
    case 'bfloat16': {
      const upper = new Uint16Array(buffer, byteOffset, length);
      const bits = new Uint32Array(length);
      for (let index = 0; index < length; index++) bits[index] = upper[index]! << 16;
      return new Float32Array(bits.buffer);
    }
    case 'float8_e4m3fn':
      return lookUp(bytes, fourThreeTable());
    case 'float8_e5m2':
      // The upper half of a float16.
      return lookUp(bytes, fiveTwoTable());
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, length), Number);
    case 'uint64':
      return Float32Array.from(new BigUint64Array(buffer, byteOffset, length), Number);
    case 'int32':
      return new Float32Array(new Int32Array(buffer, byteOffset, length));
    case 'uint32':
      return new Float32Array(new Uint32Array(buffer, byteOffset, length));
    case 'int16':
      return new Float32Array(new Int16Array(buffer, byteOffset, length));
    case 'uint16':
      return new Float32Array(new Uint16Array(buffer, byteOffset, length));
    case 'int8':
      return new Float32Array(new Int8Array(buffer, byteOffset, length));
    case 'uint8':
      return new Float32Array(bytes);
    case 'bool':
      return Float32Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
  }
}

/** All values of a type with few bits, made when first asked for: looking one up is many times faster than decoding. */
function lookUpTable(length: number, decode: (bits: number) => number): () => Float32Array {
  let table: Float32Array | undefined;
  return () => {
    table ??= Float32Array.from({ length }, (_, bits) => decode(bits));
    return table;
  };
}

const view = new DataView(new ArrayBuffer(2));

const halfTable = lookUpTable(65536, (bits) => {
  view.setUint16(0, bits, true);
  return getFloat16(view, 0, true);
});
const fourThreeTable = lookUpTable(256, fourThree);
const fiveTwoTable = lookUpTable(256, (bits) => halfTable()[bits << 8]!);

/** Sign, four bits of exponent, three of fraction; no infinities, and one NaN for each sign. */
function fourThree(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 15;
  const fraction = bits & 7;
  if (exponent === 15 && fraction === 7) return Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -9 : (1 + fraction / 8) * 2 ** (exponent - 7));
}

function lookUp(bits: Uint8Array | Uint16Array, table: Float32Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index++) values[index] = table[bits[index]!]!;
  return values;
}

/** The bytes themselves if typed arrays of `size` bytes a number can start there, else a copy. */
function aligned(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % size === 0 ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
}
