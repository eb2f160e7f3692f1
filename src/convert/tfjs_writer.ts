import { modelTopology } from '../config/architecture';
import { nodeBuiltin } from '../files/node_builtins';
import { createOutputFile, type OutputFile } from '../files/output_file';
import { countParameters } from './weight_names';
import type { WriteJob } from './write_job';

/**
 * Writes a tfjs layers model: `model.json` and shards of exactly `maxShardSize` bytes but for the last.
 *
 * Weights follow one another across the shards and carry their TensorFlow names.
 */
export async function writeTfjs({ folder, config, architecture, maxShardSize, specs, read }: WriteJob): Promise<void> {
  const { join } = nodeBuiltin('node:path');
  const total = 4 * countParameters(specs);
  const count = Math.max(1, Math.ceil(total / maxShardSize));
  const paths = Array.from({ length: count }, (_, index) => `group1-shard${index + 1}of${count}.bin`);
  const shards = new ShardedOutput(
    paths.map((path) => join(folder, path)),
    maxShardSize,
  );
  try {
    for (const spec of specs) {
      for await (const values of read(spec)) {
        await shards.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      }
    }
  } finally {
    await shards.close();
  }
  const weights = specs.map(({ tfName, shape }) => ({ name: tfName, shape, dtype: 'float32' }));
  const model = {
    format: 'layers-model',
    generatedBy: 'tfjs-deberta-v2',
    convertedBy: null,
    modelTopology: modelTopology(architecture, config),
    weightsManifest: [{ paths, weights }],
  };
  await nodeBuiltin('node:fs/promises').writeFile(join(folder, 'model.json'), JSON.stringify(model));
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
