import { z } from 'zod';
import { CheckpointError } from '../errors';
import { type CheckpointReader, layoutOf, type TensorInfo } from './checkpoint_reader';
import { readJson } from './read_json';
import { shardPath } from './shard_path';

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * Opens the shards that an index (`model.safetensors.index.json`, `tf_model.h5.index.json`) names, as one checkpoint.
 *
 * @param path of the index.
 * @param openShard opens one file.
 * @throws {CheckpointError} when the index is no index, names files outside its folder, or a shard is missing,
 *   damaged or lacks a tensor.
 */
export async function openSharded(
  path: string,
  format: CheckpointReader['format'],
  openShard: (path: string) => Promise<CheckpointReader>,
): Promise<CheckpointReader> {
  const weightMap = await readWeightMap(path);
  const shards = new Map<string, CheckpointReader>();
  const close = async () => {
    await Promise.all([...shards.values()].map((shard) => shard.close()));
  };
  try {
    for (const name of new Set(weightMap.values())) shards.set(name, await openShard(shardPath(path, name)));
    checkComplete(path, weightMap, shards);
  } catch (error) {
    await close();
    throw error;
  }
  const owners = new Map<string, CheckpointReader>();
  const tensors = new Map<string, TensorInfo>();
  for (const shard of shards.values()) {
    for (const [name, info] of shard.tensors) {
      tensors.set(name, info);
      owners.set(name, shard);
    }
  }
  return {
    format,
    layout: layoutOf(tensors.keys()),
    tensors,
    async read(name, rows) {
      const owner = owners.get(name);
      if (owner === undefined) throw new CheckpointError(`${path} must list a tensor ${name} and does not.`, { path });
      return owner.read(name, rows);
    },
    close,
  };
}

async function readWeightMap(path: string): Promise<ReadonlyMap<string, string>> {
  const result = indexSchema.safeParse(await readJson(path, CheckpointError));
  if (result.success) return new Map(Object.entries(result.data.weight_map));
  throw new CheckpointError(`${path} must hold a weight_map from tensor to file and does not; get the file again.`, {
    path,
    expected: 'weight_map',
  });
}

function checkComplete(
  path: string,
  weightMap: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, CheckpointReader>,
): void {
  for (const [name, file] of weightMap) {
    const { tensors } = shards.get(file)!;
    // TensorFlow's index has the model's name before each weight's, its shards do not.
    if (tensors.has(name) || tensors.has(name.replace(/^[^/]+\//, ''))) continue;
    throw new CheckpointError(`${file} must hold ${name}, as ${path} says, and does not; get the files again.`, {
      path,
      expected: name,
      received: file,
    });
  }
}
