import { z } from 'zod';
import { CheckpointError } from '../errors';
import type { FileSource } from '../sources/file_source';
import { readJson } from '../sources/read_json';
import { shardName } from '../sources/shard_name';
import { type CheckpointReader, layoutOf, type TensorInfo } from './checkpoint_reader';

const indexSchema = z.object({ weight_map: z.custom<object>((value) => isStringMap(value)) });

/** As `z.record`, which would leave out a tensor called `__proto__`. */
function isStringMap(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every((item) => typeof item === 'string');
}

/**
 * Opens the shards that an index (`model.safetensors.index.json`, `tf_model.h5.index.json`) names, as one checkpoint.
 *
 * @param name of the index.
 * @param openShard opens one file.
 * @throws {CheckpointError} when the index is no index, names files outside its folder, or a shard is missing,
 *   damaged or lacks a tensor.
 */
export async function openSharded(
  source: FileSource,
  name: string,
  openShard: (source: FileSource, name: string) => Promise<CheckpointReader>,
): Promise<CheckpointReader> {
  const path = source.pathOf(name);
  const weightMap = await readWeightMap(source, name);
  const shards = new Map<string, CheckpointReader>();
  const close = async () => {
    await Promise.all([...shards.values()].map((shard) => shard.close()));
  };
  try {
    for (const shard of new Set(weightMap.values())) shards.set(shard, await openShard(source, shardName(path, shard)));
    checkComplete(path, weightMap, shards);
  } catch (error) {
    await close();
    throw error;
  }
  const owners = new Map<string, CheckpointReader>();
  const tensors = new Map<string, TensorInfo>();
  const listed = new Map([...weightMap].map(([tensor, file]) => [withoutModel(tensor), file]));
  for (const [file, shard] of shards) {
    for (const [tensor, info] of shard.tensors) {
      // Of several that hold a tensor the index chooses.
      const chosen = weightMap.get(tensor) ?? listed.get(tensor) ?? file;
      if (chosen !== file) continue;
      tensors.set(tensor, info);
      owners.set(tensor, shard);
    }
  }
  const [first] = shards.values();
  return {
    format: first!.format,
    layout: layoutOf(tensors.keys()),
    tensors,
    async read(tensor, rows, take) {
      const owner = owners.get(tensor);
      if (owner === undefined) {
        throw new CheckpointError(`${path} must list a tensor ${tensor} and does not; name one it lists.`, { path });
      }
      return owner.read(tensor, rows, take);
    },
    close,
  };
}

/** TensorFlow's index has the model's name before each weight's, its shards do not. */
function withoutModel(name: string): string {
  return name.replace(/^[^/]+\//, '');
}

async function readWeightMap(source: FileSource, name: string): Promise<ReadonlyMap<string, string>> {
  const path = source.pathOf(name);
  const result = indexSchema.safeParse(await readJson(source, name, CheckpointError));
  const weightMap = new Map<string, string>(Object.entries(result.data?.weight_map ?? {}));
  if (weightMap.size > 0) return weightMap;
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
    if (tensors.has(name) || tensors.has(withoutModel(name))) continue;
    throw new CheckpointError(`${file} must hold ${name}, as ${path} says, and does not; get the files again.`, {
      path,
      expected: name,
      received: file,
    });
  }
}
