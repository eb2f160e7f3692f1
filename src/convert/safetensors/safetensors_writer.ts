import { memoryInTurns } from '../../files/memory';
import { nodeBuiltin } from '../../files/node_builtins';
import { createOutputFile } from '../../files/output_file';
import { writeIndex } from '../index_writer';
import { encodeHalves } from '../numbers/encode_numbers';
import { planShards } from '../shard_plan';
import { type StorageType, storedBytes } from '../storage_type';
import type { WeightSpec } from '../weight_names';
import type { WeightSource, WriteJob } from '../write_job';
import { writtenName } from '../written_name';
import { encodeSafetensorsHeader } from './encode_safetensors_header';
import { inPytorchLayout } from './in_pytorch_layout';
import { SAFETENSORS_TYPES } from './safetensors_header';

/**
 * Writes safetensors with PyTorch's names and layout, as `save_pretrained` of Hugging Face's PyTorch classes does.
 *
 * @see https://github.com/huggingface/safetensors#format
 */
export async function writeSafetensors(job: WriteJob): Promise<void> {
  const { folder, maxShardSize, dtype, specs, read } = job;
  const { join } = nodeBuiltin('node:path');
  const nameOf = (spec: WeightSpec) => writtenName('safetensors', spec, job);
  const shards = planShards(specs, 'model.safetensors', maxShardSize, dtype);
  for (const { file, specs: ofShard } of shards) {
    await writeSafetensorsFile(join(folder, file), ofShard, { nameOf, dtype, read });
  }
  if (shards.length > 1) await writeIndex(join(folder, 'model.safetensors.index.json'), shards, nameOf, dtype);
}

/** How {@link writeSafetensorsFile} writes. */
export interface SafetensorsFileOptions {
  /** What a weight is called in the file. */
  readonly nameOf: (spec: WeightSpec) => string;
  /** Number type of all weights. */
  readonly dtype: StorageType;
  readonly read: WeightSource;
}

/** Writes weights into one file, which must not exist, in PyTorch's layout. */
export async function writeSafetensorsFile(
  path: string,
  specs: readonly WeightSpec[],
  { nameOf, dtype, read }: SafetensorsFileOptions,
): Promise<void> {
  // The last weight may still be on its way to the disk while the next is read and turned.
  const take = memoryInTurns(4);
  const file = await createOutputFile(path);
  try {
    await file.write(encodeHeader(specs, nameOf, dtype));
    for (const spec of specs) {
      for await (const values of inPytorchLayout(spec, read, take)) {
        const isHalf = dtype === 'float16' || dtype === 'bfloat16';
        await file.write(isHalf ? encodeHalves(values, dtype, spec.name) : values);
      }
    }
  } finally {
    await file.close();
  }
}

function encodeHeader(
  specs: readonly WeightSpec[],
  nameOf: (spec: WeightSpec) => string,
  dtype: StorageType,
): Uint8Array {
  const spellings = Object.keys(SAFETENSORS_TYPES) as (keyof typeof SAFETENSORS_TYPES)[];
  const spelling = spellings.find((name) => SAFETENSORS_TYPES[name] === dtype)!;
  return encodeSafetensorsHeader(
    specs.map((spec) => ({
      name: nameOf(spec),
      dtype: spelling,
      shape: spec.pytorchShape,
      bytes: storedBytes(spec, dtype),
    })),
  );
}
