import { cp, readFile, truncate, writeFile } from 'node:fs/promises';
import { convertCheckpoint } from '../../src/convert/convert_checkpoint';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { DebertaError } from '../../src/errors';
import fc from '../harness/fast_check';
import { fixturePath, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();
const STEP = 1024;
/** Bytes flipped in each file. */
const FLIPS = 12;

type Weights = Readonly<Record<string, Float32Array>>;

interface Case {
  /** Fixture, or how to make one. */
  readonly source: string;
  readonly file: string;
  /** Whether the format has a checksum of every byte that matters. */
  readonly hasChecksums?: boolean;
}

const cases: readonly Case[] = [
  { source: 'safetensors', file: 'model.safetensors' },
  { source: 'safetensors_sharded', file: 'model.safetensors.index.json' },
  { source: 'safetensors_sharded', file: 'model-00002-of-00003.safetensors' },
  { source: 'h5_model', file: 'tf_model.h5' },
  { source: 'tfjs', file: 'model.json' },
  { source: 'tfjs', file: 'group1-shard1of1.bin' },
  { source: 'tf2_model', file: 'tf_model.index', hasChecksums: true },
  { source: 'tf2_model', file: 'tf_model.data-00000-of-00001', hasChecksums: true },
  { source: 'savedmodel_sequence_classification', file: 'saved_model.pb' },
  { source: 'savedmodel_sequence_classification', file: 'variables/variables.index', hasChecksums: true },
  { source: 'savedmodel_sequence_classification', file: 'variables/variables.data-00000-of-00001', hasChecksums: true },
  { source: 'bin_model', file: 'pytorch_model.bin', hasChecksums: true },
  { source: 'bin_legacy_model', file: 'pytorch_model.bin' },
  { source: 'original_float16', file: 'pytorch_model.bin', hasChecksums: true },
];

/** Puts a checkpoint into the temporary folder. */
async function place(source: string): Promise<void> {
  if (source === 'tfjs') await convertCheckpoint(fixturePath('safetensors'), folder.path, { overwrite: true });
  else await cp(fixturePath(source), folder.path, { recursive: true });
}

/** All weights of the checkpoint in the temporary folder; undefined when it is refused as it should be. */
async function readAll(): Promise<Weights | undefined> {
  try {
    const { reader, close } = await openCheckpoint(folder.path);
    try {
      const weights: Record<string, Float32Array> = {};
      for (const name of reader.tensors.keys()) weights[name] = await reader.read(name);
      return weights;
    } finally {
      await close();
    }
  } catch (error) {
    if (!(error instanceof DebertaError)) throw error;
    expect(['checkpoint', 'config']).toContain(error.code);
    expect(error.message).toMatch(/^[^\n]*\.$/);
    return undefined;
  }
}

describe.each(cases)('$file of $source', ({ source, file, hasChecksums = false }) => {
  let whole: Buffer;
  let right: Weights | undefined;

  beforeEach(async () => {
    await place(source);
    whole = await readFile(folder.join(file));
    right = await readAll();
    expect(Object.keys(right!).length).toBeGreaterThan(10);
  });

  test('cut short anywhere gives an error of ours or the right numbers', async () => {
    const steps = Array.from({ length: Math.ceil(whole.length / STEP) }, (_, index) => index * STEP);
    const odd = [1, 7, 8, 9, 63, whole.length >> 1, whole.length - 1, whole.length - 8, whole.length - 48];
    const lengths = [...steps, ...odd].filter((length) => length >= 0).sort((a, b) => b - a);
    for (const length of lengths) {
      await truncate(folder.join(file), length);
      const read = await readAll();
      if (read !== undefined) expect(read).toEqual(right);
    }
  });

  test('with a byte changed gives an error of ours or numbers', async () => {
    const change = fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= flip;
      await writeFile(folder.join(file), bytes);
      const read = await readAll();
      if (read !== undefined && hasChecksums) expect(read).toEqual(right);
    });
    await fc.assert(change, { numRuns: FLIPS });
  });
});
