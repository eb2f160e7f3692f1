import { nodeBuiltin } from '../files/node_builtins';
import { createOutputFile } from '../files/output_file';
import { elementCount } from './element_count';
import { writeIndex } from './index_writer';
import { reverseAxes } from './reverse_axes';
import { planShards, type Shard } from './shard_plan';
import type { WeightSpec } from './weight_names';
import type { WriteJob } from './write_job';

/**
 * Writes safetensors with PyTorch's names and layout, as `save_pretrained` of Hugging Face's PyTorch classes does.
 *
 * @see https://github.com/huggingface/safetensors#format
 */
export async function writeSafetensors({ folder, architecture, maxShardSize, specs, read }: WriteJob): Promise<void> {
  const { join } = nodeBuiltin('node:path');
  // The bare encoder has no parent, hence no prefix.
  const nameOf = ({ name }: WeightSpec) =>
    architecture === 'TFDebertaV2Model' ? name.replace(/^deberta\./, '') : name;
  const shards = planShards(specs, 'model.safetensors', maxShardSize);
  for (const shard of shards) {
    const file = await createOutputFile(join(folder, shard.file));
    try {
      await file.write(encodeHeader(shard, nameOf));
      for (const spec of shard.specs) {
        for await (const values of inPytorchLayout(spec, read)) {
          await file.write(values);
        }
      }
    } finally {
      await file.close();
    }
  }
  if (shards.length > 1) await writeIndex(join(folder, 'model.safetensors.index.json'), shards, nameOf);
}

/** The length of the header and the header, padded so that the numbers start at a multiple of eight. */
function encodeHeader({ specs }: Shard, nameOf: (spec: WeightSpec) => string): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let position = 0;
  for (const spec of specs) {
    const end = position + 4 * elementCount(spec.shape);
    header[nameOf(spec)] = { dtype: 'F32', shape: spec.pytorchShape, data_offsets: [position, end] };
    position = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.byteLength / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(' '.charCodeAt(0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

async function* inPytorchLayout(spec: WeightSpec, read: WriteJob['read']): AsyncIterable<Float32Array> {
  if (spec.transform === 'none') {
    yield* read(spec);
    return;
  }
  const values = new Float32Array(elementCount(spec.shape));
  let filled = 0;
  for await (const chunk of read(spec)) {
    values.set(chunk, filled);
    filled += chunk.length;
  }
  yield reverseAxes(values, spec.shape);
}
