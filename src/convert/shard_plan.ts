import { type StorageType, storedBytes } from './storage_type';
import type { WeightSpec } from './weight_names';

/** Weights of one file. */
export interface Shard {
  readonly file: string;
  readonly specs: readonly WeightSpec[];
}

/**
 * Spreads whole weights over files as Hugging Face does: a file ends before the weight that would make it too large.
 *
 * @param file the name of a single file, such as `model.safetensors`; several are numbered `model-00001-of-00003…`.
 * @param maxShardSize in bytes; a weight larger than that gets a file to itself.
 * @param dtype number type of the weights, `float32` by default.
 */
export function planShards(
  specs: readonly WeightSpec[],
  file: string,
  maxShardSize: number,
  dtype: StorageType = 'float32',
): readonly Shard[] {
  const groups: WeightSpec[][] = [[]];
  let size = 0;
  for (const spec of specs) {
    const bytes = storedBytes(spec, dtype);
    if (size > 0 && size + bytes > maxShardSize) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(spec);
    size += bytes;
  }
  if (groups.length === 1) return [{ file, specs }];
  const number = (count: number) => String(count).padStart(5, '0');
  return groups.map((group, index) => ({
    file: file.replace(/(\.\w+)$/, `-${number(index + 1)}-of-${number(groups.length)}$1`),
    specs: group,
  }));
}
