import { InputError } from '../../errors';

/** A whole-number type that tfjs stores weights in. */
export type QuantizedType = 'uint8' | 'uint16';

/** How whole numbers stand for floats: `number * scale + min`. */
export interface Quantization {
  readonly dtype: QuantizedType;
  readonly scale: number;
  readonly min: number;
}

const LEVELS: Readonly<Record<QuantizedType, number>> = { uint8: 255, uint16: 65535 };

/**
 * The range of a weight cut into as many steps as a type has numbers.
 *
 * Zero keeps its exact value where the range holds it: padding and pruned weights stay what they are.
 *
 * @param pieces all values of the weight, piece by piece.
 * @param name of the weight, for the message.
 * @throws {InputError} when a value is not finite.
 */
export async function measureQuantization(
  pieces: AsyncIterable<Float32Array>,
  dtype: QuantizedType,
  name: string,
): Promise<Quantization> {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for await (const values of pieces) {
    for (const value of values) {
      if (!Number.isFinite(value)) {
        throw new InputError(
          `Weight ${name} must have finite values to be stored as ${dtype}, received ${value}; store it as float32.`,
          { path: name, received: value },
        );
      }
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
  }
  if (!(largest > smallest)) return { dtype, scale: 1, min: largest === smallest ? smallest : 0 };
  const scale = (largest - smallest) / LEVELS[dtype];
  const hasZero = smallest < 0 && largest > 0;
  return { dtype, scale, min: hasZero ? -Math.round(-smallest / scale) * scale : smallest };
}

/** The numbers that stand for some values. */
export function quantize(values: Float32Array, { dtype, scale, min }: Quantization): Uint8Array | Uint16Array {
  const most = LEVELS[dtype];
  const numbers = dtype === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  for (let index = 0; index < numbers.length; index++) {
    numbers[index] = Math.min(most, Math.max(0, Math.round((values[index]! - min) / scale)));
  }
  return numbers;
}
