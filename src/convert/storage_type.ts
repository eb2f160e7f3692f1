import { UsageError } from '../errors';
import type { CheckpointFormat } from './checkpoint_format';
import { NUMBER_SIZES } from './numbers/decode_numbers';
import { elementCount } from './numbers/element_count';
import type { WeightSpec } from './weight_names';

/**
 * A number type that weights are stored in.
 *
 * `tfjs` holds float32, float16, uint16 and uint8, `safetensors` float32, float16 and bfloat16, `h5` and `tf2` float32.
 * Whole numbers stand for steps of each matrix' own range; biases and layer normalizations then stay float32.
 *
 * @example
 * await model.savePretrained('for-the-web', { format: 'tfjs', dtype: 'uint8' });
 */
export type StorageType = 'float32' | 'float16' | 'bfloat16' | 'uint16' | 'uint8';

/** Types that each format can hold, and that whoever reads it understands. */
export const STORAGE_TYPES: Readonly<Record<CheckpointFormat, readonly StorageType[]>> = {
  tfjs: ['float32', 'float16', 'uint16', 'uint8'],
  safetensors: ['float32', 'float16', 'bfloat16'],
  h5: ['float32'],
  tf2: ['float32'],
};

/**
 * Refuses a format that is not written, and a type that a format cannot hold.
 *
 * @throws {UsageError} naming those that can be.
 */
export function requireStorageType(format: CheckpointFormat, dtype: StorageType): void {
  if (!Object.hasOwn(STORAGE_TYPES, format)) {
    const formats = Object.keys(STORAGE_TYPES);
    throw new UsageError(`Option format must be one of ${formats.join(', ')}, received ${JSON.stringify(format)}.`, {
      expected: formats,
      received: format,
    });
  }
  const types = STORAGE_TYPES[format];
  if (types.includes(dtype)) return;
  throw new UsageError(
    `Option dtype must be ${types.join(', ')} for ${format}, received ${JSON.stringify(dtype)}; choose one of these or another format.`,
    { expected: types, received: dtype },
  );
}

/**
 * The type a weight is stored in: where whole numbers are asked for, biases and the scales of layer normalizations stay
 * float32, which costs next to nothing and keeps the model's accuracy.
 */
export function storedType({ shape }: WeightSpec, dtype: StorageType): StorageType {
  return shape.length < 2 && (dtype === 'uint8' || dtype === 'uint16') ? 'float32' : dtype;
}

/** Bytes a weight takes when it is stored. */
export function storedBytes(spec: WeightSpec, dtype: StorageType): number {
  return NUMBER_SIZES[storedType(spec, dtype)] * elementCount(spec.shape);
}
