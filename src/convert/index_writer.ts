import { nodeBuiltin } from '../files/node_builtins';
import type { Shard } from './shard_plan';
import { type StorageType, storedBytes } from './storage_type';
import type { WeightSpec } from './weight_names';

/**
 * Writes the index that says in which file each weight is.
 *
 * @param path of the index.
 * @param nameOf a weight's key in the index.
 * @param dtype number type of the weights.
 */
export async function writeIndex(
  path: string,
  shards: readonly Shard[],
  nameOf: (spec: WeightSpec) => string,
  dtype: StorageType,
): Promise<void> {
  const rows = shards.flatMap(({ file, specs }) => specs.map((spec) => [nameOf(spec), file] as const));
  const sizes = shards.flatMap(({ specs }) => specs.map((spec) => storedBytes(spec, dtype)));
  const totalSize = sizes.reduce((sum, size) => sum + size, 0);
  const index = { metadata: { total_size: totalSize }, weight_map: Object.fromEntries(rows.sort(byName)) };
  await nodeBuiltin('node:fs/promises').writeFile(path, `${JSON.stringify(index, null, 2)}\n`);
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
