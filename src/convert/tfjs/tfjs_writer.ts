import { modelTopology } from '../../config/architecture';
import { nodeBuiltin } from '../../files/node_builtins';
import { createOutputFile, type OutputFile } from '../../files/output_file';
import { encodeHalves } from '../numbers/encode_numbers';
import { measureQuantization, type Quantization, quantize } from '../numbers/quantize';
import { storedBytes, storedType } from '../storage_type';
import type { WeightSpec } from '../weight_names';
import type { WriteJob } from '../write_job';

/** How `model.json` says that a weight is stored in another type than float32. */
type TfjsQuantization = Quantization | { readonly dtype: 'float16' };

/**
 * Writes a tfjs layers model: `model.json` and shards of exactly `maxShardSize` bytes but for the last.
 *
 * Weights follow one another across the shards and carry their TensorFlow names. Those in fewer bytes are stored by
 * tfjs' own quantization, which every loader of tfjs undoes.
 */
export async function writeTfjs(job: WriteJob): Promise<void> {
  const { folder, config, architecture, maxShardSize, dtype, specs, read } = job;
  const { join } = nodeBuiltin('node:path');
  const total = specs.reduce((sum, spec) => sum + storedBytes(spec, dtype), 0);
  const count = Math.max(1, Math.ceil(total / maxShardSize));
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const shards = new ShardedOutput(
    paths.map((path) => join(folder, path)),
    maxShardSize,
  );
  const weights: object[] = [];
  try {
    for (const spec of specs) {
      const quantization = await chooseQuantization(spec, job);
      for await (const values of read(spec)) {
        const { buffer, byteOffset, byteLength } = encode(values, quantization, spec.name);
        await shards.write(new Uint8Array(buffer, byteOffset, byteLength));
      }
      const { tfName: name, shape } = spec;
      weights.push({ name, shape, dtype: 'float32', ...(quantization && { quantization }) });
    }
  } finally {
    await shards.close();
  }
  const model = {
    format: 'layers-model',
    generatedBy: 'tfjs-deberta-v2',
    convertedBy: null,
    modelTopology: modelTopology(architecture, config),
    weightsManifest: [{ paths, weights }],
  };
  await nodeBuiltin('node:fs/promises').writeFile(join(folder, 'model.json'), JSON.stringify(model));
}

async function chooseQuantization(spec: WeightSpec, { dtype, read }: WriteJob): Promise<TfjsQuantization | undefined> {
  const stored = storedType(spec, dtype);
  if (stored === 'uint8' || stored === 'uint16') return measureQuantization(read(spec), stored, spec.name);
  return stored === 'float16' ? { dtype: stored } : undefined;
}

function encode(values: Float32Array, quantization: TfjsQuantization | undefined, name: string): ArrayBufferView {
  if (quantization === undefined) return values;
  return quantization.dtype === 'float16' ? encodeHalves(values, 'float16', name) : quantize(values, quantization);
}

/** One stream of bytes cut into files of a fixed size. */
class ShardedOutput {
  #current: OutputFile | undefined;
  #next = 0;
  #room = 0;

  constructor(
    private readonly paths: readonly string[],
    private readonly shardSize: number,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.byteLength; ) {
      if (this.#room === 0) await this.#open();
      const piece = bytes.subarray(written, written + this.#room);
      await this.#current!.write(piece);
      written += piece.byteLength;
      this.#room -= piece.byteLength;
    }
  }

  async close(): Promise<void> {
    await this.#current?.close();
    this.#current = undefined;
  }

  async #open(): Promise<void> {
    await this.close();
    this.#current = await createOutputFile(this.paths[this.#next++]!);
    this.#room = this.shardSize;
  }
}
