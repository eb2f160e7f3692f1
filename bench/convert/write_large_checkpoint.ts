import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DebertaV2Config, type DebertaV2ConfigInput, TFDebertaV2Model, useBackend } from '../../src/index';
import { CACHE } from '../cache';
import type { PublishedShape } from '../published_shapes';

const SHARD_BYTES = 2_000_000_000;
/** Numbers that are written over and over: of the size of weights, no two of them alike. */
const NUMBERS = Float32Array.from({ length: 1 << 20 }, (_, index) => Math.sin(index + 1) / 16);

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * Writes a checkpoint in shards of safetensors, without a model of its size in memory.
 *
 * Names and shapes come from a model of one layer and few tokens, which is saved first.
 *
 * @returns its folder, in the cache; it is made once.
 */
export async function writeLargeCheckpoint({ name, config, parameters }: PublishedShape): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  const tensors = await tensorsOf(config);
  const count = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (count !== parameters) throw new Error(`${name} must have ${parameters} parameters, received ${count}.`);
  const partial = `${folder}-partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const json = { ...new DebertaV2Config(config).toJSON(), architectures: ['DebertaV2Model'] };
  await writeFile(join(partial, 'config.json'), JSON.stringify(json));
  await writeShards(partial, tensors);
  await rename(partial, folder);
  return folder;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The tensors of the whole model, its layers like the only one of the small model. */
async function tensorsOf(config: DebertaV2ConfigInput): Promise<Tensor[]> {
  const { numHiddenLayers: layers = 1 } = config;
  const small = join(CACHE, 'one-layer');
  await useBackend('cpu');
  const model = new TFDebertaV2Model(new DebertaV2Config({ ...config, numHiddenLayers: 1, vocabSize: 1 }), { seed: 1 });
  await model.savePretrained(small, { format: 'safetensors' });
  model.dispose();
  const bytes = await readFile(join(small, 'model.safetensors'));
  await rm(small, { recursive: true });
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
  const { __metadata__, ...entries } = header as Record<string, Tensor>;
  const vocabSize = new DebertaV2Config(config).vocabSize;
  return Object.entries(entries).flatMap(([name, { shape }]) => {
    if (name.endsWith('word_embeddings.weight')) return [{ name, shape: [vocabSize, ...shape.slice(1)] }];
    if (!name.includes('.layer.0.')) return [{ name, shape }];
    return Array.from({ length: layers }, (_, layer) => ({ name: name.replace('.0.', `.${layer}.`), shape }));
  });
}

async function writeShards(folder: string, tensors: readonly Tensor[]): Promise<void> {
  const shards: Tensor[][] = [[]];
  let room = SHARD_BYTES;
  for (const tensor of tensors) {
    const bytes = 4 * sizeOf(tensor.shape);
    if (bytes > room) {
      shards.push([]);
      room = SHARD_BYTES;
    }
    shards.at(-1)!.push(tensor);
    room -= bytes;
  }
  const weightMap: Record<string, string> = {};
  for (const [index, shard] of shards.entries()) {
    const file = `model-${index + 1}.safetensors`;
    for (const { name } of shard) weightMap[name] = file;
    const handle = await open(join(folder, file), 'wx');
    await writeShard(handle, shard);
    await handle.close();
  }
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
}

async function writeShard(file: FileHandle, tensors: readonly Tensor[]): Promise<void> {
  let end = 0;
  const entries = tensors.map(({ name, shape }) => {
    const start = end;
    end += 4 * sizeOf(shape);
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await file.write(Buffer.concat([length, json]));
  const block = Buffer.from(NUMBERS.buffer);
  for (let left = end; left > 0; left -= block.length) {
    await file.write(block, 0, Math.min(left, block.length));
  }
}
