import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Architecture } from '../../src/config/architecture';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import type { CheckpointReader, SourceFormat } from '../../src/convert/checkpoint_reader';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { readWeightChunks } from '../../src/convert/read_weight';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import { planWeights } from '../../src/convert/weight_plan';
import type { FileSource } from '../../src/sources/file_source';
import { localFolder } from '../../src/sources/local_folder';

const FIXTURES = join(__dirname, '..', 'fixtures', 'checkpoints');

/** A row of the list of fixture checkpoints. */
export interface Fixture {
  readonly name: string;
  readonly format: SourceFormat | 'tf_safetensors';
  readonly sharded: boolean;
  readonly class: Architecture;
  readonly dtype: 'float32' | 'float16' | 'bfloat16';
  /** The configuration of `fixtures/models` it has. */
  readonly case: string;
}

/** Every checkpoint that the reference wrote. */
export const fixtures: readonly Fixture[] = JSON.parse(readFileSync(join(FIXTURES, 'manifest.json'), 'utf8'));

export const fixturePath = (name: string, ...file: string[]) => join(FIXTURES, name, ...file);

/** A file as readers take it: the folder, and its name there. */
export const at = (path: string): [source: FileSource, name: string] => [localFolder(dirname(path)), basename(path)];

/** The shape of the reference's small models, without convolution and head-specific fields. */
export const smallConfig = new DebertaV2Config({
  vocabSize: 50,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 24,
  maxPositionEmbeddings: 16,
  relativeAttention: true,
  positionBuckets: 4,
  normRelEbd: 'layer_norm',
  shareAttKey: true,
  posAttType: 'p2c|c2p',
  positionBiasedInput: false,
});

/** The same with every optional weight. */
export const fullConfig = smallConfig.with({
  typeVocabSize: 2,
  positionBiasedInput: true,
  embeddingSize: 8,
  shareAttKey: false,
  convKernelSize: 3,
  convGroups: 4,
  legacy: false,
});

/** A folder for each test, removed after it. */
export function useTemporaryFolder(): { path: string; join: (...parts: string[]) => string } {
  const folder = { path: '', join: (...parts: string[]) => join(folder.path, ...parts) };
  beforeEach(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'tfjs-deberta-v2-'));
  });
  afterEach(() => rm(folder.path, { recursive: true, force: true }));
  return folder;
}

/** All weights of a checkpoint in TensorFlow's layout, put together from the pieces in which they are streamed. */
export async function readAllWeights(source: string, architecture: Architecture): Promise<Map<string, Float32Array>> {
  const { config, reader, close } = await openCheckpoint(source);
  try {
    const { entries } = planWeights(reader.tensors, reader.layout, weightSpecs(config, architecture));
    const weights = new Map<string, Float32Array>();
    for (const entry of entries) weights.set(entry.spec.name, await concatenate(readWeightChunks(reader, entry)));
    return weights;
  } finally {
    await close();
  }
}

/** A digest of the bits of each weight by its name: NaNs and negative zeros count, and it is quick to compare. */
export async function digestWeights(source: string, architecture: Architecture): Promise<Record<string, string>> {
  const weights = await readAllWeights(source, architecture);
  return Object.fromEntries([...weights].map(([name, values]) => [name, digestOf(values)]));
}

/** Of the bits of some numbers. */
export const digestOf = (values: ArrayBufferView) =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

/** The pieces of a tensor in one. */
export async function concatenate(chunks: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const pieces: Buffer[] = [];
  for await (const chunk of chunks) pieces.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  return new Float32Array(Uint8Array.from(Buffer.concat(pieces)).buffer);
}

/** Values that tell where they belong. */
export function countedValues({ name, shape }: WeightSpec): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length }, (_, index) => name.length + index / 1000);
}

/** A weight source of {@link countedValues}. */
export async function* countingValues(spec: WeightSpec): AsyncGenerator<Float32Array> {
  yield countedValues(spec);
}

/** What is in a folder, in order. */
export const listFolder = async (folder: string) => (await readdir(folder)).sort();

export const readJsonFile = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

/** A tensor of a handmade safetensors file; without `data_offsets` it follows the one before it. */
export interface HandmadeTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
  readonly data_offsets?: readonly number[];
}

/** A safetensors file byte by byte, right or wrong. */
export function safetensorsBytes(tensors: Readonly<Record<string, HandmadeTensor>>): Uint8Array {
  let position = 0;
  const header: Record<string, unknown> = {};
  for (const [name, { dtype, shape, data, data_offsets }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: data_offsets ?? [position, position + data.byteLength] };
    position += data.byteLength;
  }
  const parts = Object.values(tensors).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return rawSafetensors(JSON.stringify(header), Buffer.concat(parts));
}

/** A safetensors file of any header. */
export function rawSafetensors(header: string, data: Uint8Array, length = Buffer.byteLength(header)): Uint8Array {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([prefix, Buffer.from(header), data]);
}

/** Reads one tensor and closes the file, whatever happens. */
export async function readOne(open: Promise<CheckpointReader>, name: string): Promise<number[]> {
  const reader = await open;
  try {
    return [...(await reader.read(name))];
  } finally {
    await reader.close();
  }
}
