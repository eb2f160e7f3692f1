import type { NumberType } from '../numbers/decode_numbers';

/** Classes of types. */
const INTEGER = 0;
const FLOAT = 1;
const IS_SIGNED = 8;
/** Set in the only byte order that is neither of the two usual ones. */
const IS_VAX = 0x40;

/** Floating-point types by bits of the fraction, bits of the exponent and its bias. */
const FLOATS: Readonly<Record<string, NumberType>> = {
  '10,5,15': 'float16',
  '7,8,127': 'bfloat16',
  '23,8,127': 'float32',
  '52,11,1023': 'float64',
};

/**
 * Reads the number type of a dataset; HDF5 lets files define their own.
 *
 * @param message property 3 of the dataset.
 * @returns `dtype` as in `NUMBER_SIZES` where it is one of those, else a description, and the bytes of one element.
 */
export function h5NumberType(message: DataView): { readonly dtype: string; readonly size: number } {
  const kind = message.getUint8(0) & 15;
  const bits = message.getUint8(1);
  const size = message.getUint32(4, true);
  const width = 8 * size;
  const isWhole = kind <= FLOAT && message.getUint16(8, true) === 0 && message.getUint16(10, true) === width;
  if (isWhole && kind === INTEGER) return { dtype: `${bits & IS_SIGNED ? 'int' : 'uint'}${width}`, size };
  if (isWhole && kind === FLOAT && !(bits & IS_VAX)) {
    const [exponentAt, exponentBits, fractionAt, fractionBits] = [12, 13, 14, 15].map((at) => message.getUint8(at));
    const dtype = FLOATS[`${fractionBits},${exponentBits},${message.getUint32(16, true)}`];
    // Sign, exponent and fraction from the highest bit to the lowest.
    const isUsual = message.getUint8(2) === width - 1 && exponentAt === fractionBits && fractionAt === 0;
    if (dtype !== undefined && isUsual && 1 + exponentBits! + fractionBits! === width) return { dtype, size };
  }
  if (kind <= FLOAT) return { dtype: `unusual numbers of ${size} bytes`, size };
  return { dtype: `class ${kind} of HDF5`, size };
}
