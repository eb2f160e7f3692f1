import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DebertaV2Config } from '../src/config/deberta_v2_config';
import { writeCheckpoint } from '../src/convert/checkpoint_writer';
import { rowChunks } from '../src/convert/row_chunks';
import { countParameters, type WeightSpec, weightSpecs } from '../src/convert/weight_names';
import { writeFolderAtomically } from '../src/files/atomic_write';

/** A checkpoint folder with one weights file. */
export interface CheckpointFixture {
  readonly folder: string;
  readonly file: string;
  /** Size of the weights as float32. */
  readonly weightBytes: number;
}

const ARCHITECTURE = 'TFDebertaV2Model';
const FILES = { h5: 'tf_model.h5', safetensors: 'model.safetensors' } as const;

/** deberta-v3-xsmall. */
const CONFIG = new DebertaV2Config({
  hiddenSize: 384,
  numHiddenLayers: 12,
  numAttentionHeads: 6,
  intermediateSize: 1536,
  relativeAttention: true,
  positionBuckets: 256,
  posAttType: 'p2c|c2p',
  shareAttKey: true,
  normRelEbd: 'layer_norm',
  positionBiasedInput: false,
});

/** Makes a checkpoint of the shape of deberta-v3-xsmall with values that depend on nothing, unless it is there. */
export async function makeConvertFixture(cache: string, format: keyof typeof FILES): Promise<CheckpointFixture> {
  const folder = join(cache, `v3-xsmall-${format}`);
  const specs = weightSpecs(CONFIG, ARCHITECTURE);
  const fixture = { folder, file: FILES[format], weightBytes: 4 * countParameters(specs) };
  if (await stat(join(folder, fixture.file)).catch(() => undefined)) return fixture;
  await writeFolderAtomically(folder, { overwrite: true }, (target) =>
    writeCheckpoint(target, { config: CONFIG, architecture: ARCHITECTURE, format }, specs, values),
  );
  return fixture;
}

async function* values({ shape }: WeightSpec): AsyncGenerator<Float32Array> {
  const rowLength = shape.slice(1).reduce((product, size) => product * size, 1);
  for (const [start, end] of rowChunks(shape)) {
    yield Float32Array.from(
      { length: (end - start) * rowLength },
      (_, index) => (((start + index) * 37) % 1009) / 1009 - 0.5,
    );
  }
}
