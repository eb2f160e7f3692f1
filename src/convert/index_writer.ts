import { nodeBuiltin } from '../files/node_builtins';
import type { Shard } from './shard_plan';
import { countParameters, type WeightSpec } from './weight_names';

/**
 * Writes the index that says in which file each weight is.
 *
 * @param path of the index.
 * @param nameOf a weight's key in the index.
 */
export async function writeIndex(
  path: string,
  shards: readonly Shard[],
  nameOf: (spec: WeightSpec) => string,
): Promise<void> {
  const rows = shards.flatMap(({ file, specs }) => specs.map((spec) => [nameOf(spec), file] as const));
  const totalSize = 4 * countParameters(shards.flatMap(({ specs }) => specs));
  const index = { metadata: { total_size: totalSize }, weight_map: Object.fromEntries(rows.sort(byName)) };
  await nodeBuiltin('node:fs/promises').writeFile(path, `${JSON.stringify(index, null, 2)}\n`);
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
