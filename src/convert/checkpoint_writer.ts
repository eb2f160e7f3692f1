import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { InputError, UsageError } from '../errors';
import type { CheckpointFormat } from './checkpoint_format';
import { writeConfig } from './config_writer';
import { writeH5 } from './h5/h5_writer';
import { elementCount } from './numbers/element_count';
import { writeSafetensors } from './safetensors/safetensors_writer';
import { requireStorageType, type StorageType } from './storage_type';
import { writeTf2 } from './tensorflow/tf2_writer';
import { writeTfjs } from './tfjs/tfjs_writer';
import { countParameters, type WeightSpec } from './weight_names';
import type { WeightProgress } from './weight_progress';
import type { WeightSource, WriteJob } from './write_job';

export type { WeightSource } from './write_job';

/** What {@link writeCheckpoint} is to write. */
export interface WriteOptions {
  readonly config: DebertaV2Config;
  readonly architecture: Architecture;
  readonly format: CheckpointFormat;
  /** Largest size of a weights file in bytes: 64 MiB by default for tfjs, 5 GB for the others. */
  readonly maxShardSize?: number | undefined;
  /** Number type of the weights, `float32` by default; see `STORAGE_TYPES` for what a format can hold. */
  readonly dtype?: StorageType | undefined;
  readonly onProgress?: ((progress: WeightProgress) => void) | undefined;
}

const WRITERS: Readonly<Record<CheckpointFormat, (job: WriteJob) => Promise<void>>> = {
  tfjs: writeTfjs,
  safetensors: writeSafetensors,
  h5: writeH5,
  tf2: writeTf2,
};

const DEFAULT_SHARD_SIZES: Readonly<Record<CheckpointFormat, number>> = {
  // A browser fetches and keeps each file whole.
  tfjs: 64 * 1024 * 1024,
  safetensors: 5_000_000_000,
  h5: 5_000_000_000,
  tf2: 5_000_000_000,
};

/**
 * Writes config.json and the weights into an existing folder; wrap it in `writeFolderAtomically`.
 *
 * `tfjs` opens with `tf.loadLayersModel`, `safetensors` with Hugging Face's PyTorch classes, `h5` and `tf2` with their
 * TensorFlow classes (`from_pretrained` and `load_weights`).
 *
 * @param specs the weights to write, in this order.
 * @param read called for each of them, in order; more than once where the format has to know a weight's range first.
 * @throws {InputError} when `read` yields another number of values than the weight has.
 * @throws {OutputError} when the disk is full or the folder cannot be written.
 */
export async function writeCheckpoint(
  folder: string,
  options: WriteOptions,
  specs: readonly WeightSpec[],
  read: WeightSource,
): Promise<void> {
  const { config, architecture, format, dtype = 'float32', onProgress } = options;
  requireStorageType(format, dtype);
  const maxShardSize = options.maxShardSize ?? DEFAULT_SHARD_SIZES[format];
  if (!Number.isSafeInteger(maxShardSize) || maxShardSize < 1) {
    throw new UsageError(`Option maxShardSize must be a positive number of bytes, received ${maxShardSize}.`, {
      received: maxShardSize,
    });
  }
  await writeConfig(folder, config, architecture, format === 'tfjs' ? 'float32' : dtype);
  const watchedRead = watched(specs, read, onProgress);
  await WRITERS[format]({ folder, config, architecture, maxShardSize, dtype, specs, read: watchedRead });
}

/** `read`, counting what it yields. */
function watched(
  specs: readonly WeightSpec[],
  read: WeightSource,
  onProgress: WriteOptions['onProgress'],
): WeightSource {
  const total = 4 * countParameters(specs);
  const done = new Set<WeightSpec>();
  let loaded = 0;
  return async function* (spec) {
    const expected = 4 * elementCount(spec.shape);
    let received = 0;
    for await (const values of read(spec)) {
      received += values.byteLength;
      // Before it is passed on: writers make room for exactly what is expected.
      if (received > expected) break;
      yield values;
    }
    if (received !== expected) {
      throw new InputError(
        `Weight ${spec.name} must have the ${expected / 4} values of shape [${spec.shape}], received ${received / 4} so far; pass all of its values, once.`,
        { path: spec.name, expected: spec.shape, received: received / 4 },
      );
    }
    if (done.has(spec)) return;
    done.add(spec);
    loaded += received;
    onProgress?.({ loaded, total, name: spec.name });
  };
}
