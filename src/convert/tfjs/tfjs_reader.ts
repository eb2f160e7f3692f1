import { z } from 'zod';
import { CheckpointError, ConfigError } from '../../errors';
import { concatenateFiles } from '../../sources/concatenate_files';
import type { FileSource } from '../../sources/file_source';
import type { RandomAccessFile } from '../../sources/random_access_file';
import { shardName } from '../../sources/shard_name';
import { type CheckpointReader, layoutOf, type TensorInfo } from '../checkpoint_reader';
import { decodeNumbers, isNumberType, NUMBER_SIZES, type NumberType } from '../numbers/decode_numbers';
import { elementCount } from '../numbers/element_count';
import { tensorRange } from '../tensor_range';
import { readTfjsModelJson, type TfjsModelJson } from './tfjs_model_json';

type Group = TfjsModelJson['weightsManifest'][number];

interface Stored extends TensorInfo {
  /** The type the numbers are stored in. */
  readonly dtype: NumberType;
  readonly file: RandomAccessFile;
  /** First byte in `file`. */
  readonly start: number;
  /** How whole numbers stand for floats: `number * scale + min`. */
  readonly affine: { readonly scale: number; readonly min: number } | undefined;
}

/**
 * Opens a tfjs `model.json`, quantized or not; tensors may span the shards of their group.
 *
 * @throws {CheckpointError} when it is no tfjs model, holds anything but numbers, or its shards are missing or of
 *   another size.
 */
export async function openTfjs(source: FileSource, name: string): Promise<CheckpointReader> {
  const path = source.pathOf(name);
  const { weightsManifest, modelTopology } = await readTfjsModelJson(source, name);
  const tensors = new Map<string, Stored>();
  const opened = new Map<string, RandomAccessFile>();
  const close = async () => {
    await Promise.all([...opened.values()].map((file) => file.close()));
  };
  try {
    for (const group of weightsManifest) {
      const shards: RandomAccessFile[] = [];
      for (const shard of group.paths) {
        if (opened.has(shard)) throw listedTwice(path, 'file', shard);
        const file = await source.open(shardName(path, shard));
        opened.set(shard, file);
        shards.push(file);
      }
      for (const [tensor, stored] of locateWeights(path, group, concatenateFiles(shards))) {
        if (tensors.has(tensor)) throw listedTwice(path, 'weight', tensor);
        tensors.set(tensor, stored);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    format: 'tfjs',
    layout: layoutOf(tensors.keys()),
    tensors,
    get embeddedConfig() {
      return topologyConfig(path, modelTopology);
    },
    async read(tensor, rows, take) {
      const { start, length } = tensorRange(path, tensors, tensor, rows);
      const { file, dtype, affine, ...stored } = tensors.get(tensor)!;
      const size = NUMBER_SIZES[dtype];
      const values = decodeNumbers(await file.read(stored.start + size * start, size * length, take), dtype);
      return affine === undefined ? values : values.map((value) => value * affine.scale + affine.min);
    },
    close,
  };
}

function* locateWeights(path: string, group: Group, file: RandomAccessFile): Generator<[string, Stored]> {
  let position = 0;
  for (const { name, shape, dtype, quantization } of group.weights) {
    const stored = quantization?.dtype ?? dtype;
    const { scale, min } = quantization ?? {};
    const isAffine = quantization !== undefined && stored !== 'float16';
    const isComplete = !isAffine || (scale !== undefined && min !== undefined);
    if (!isNumberType(stored) || !isComplete) {
      const received = quantization === undefined ? dtype : `${dtype} quantized by ${JSON.stringify(quantization)}`;
      throw new CheckpointError(
        `Weight ${name} in ${path} must be stored as numbers, whole or quantized with scale and min, received ${received}; save the model again.`,
        { path, expected: Object.keys(NUMBER_SIZES), received },
      );
    }
    const affine = isAffine ? { scale: scale!, min: min! } : undefined;
    yield [name, { dtype: stored, shape, file, start: position, affine }];
    position += NUMBER_SIZES[stored] * elementCount(shape);
  }
  if (position !== file.size) {
    throw new CheckpointError(
      `The shards ${group.paths.join(', ')} of ${path} must hold ${position} bytes, received ${file.size}; get the files again.`,
      { path, expected: position, received: file.size },
    );
  }
}

function listedTwice(path: string, kind: string, name: string): CheckpointError {
  return new CheckpointError(`${path} must list the ${kind} ${name} once and lists it twice; save the model again.`, {
    path,
    received: name,
  });
}

const topologySchema = z.object({ class_name: z.string(), config: z.object({ config: z.string() }) });

/** The configuration that `modelTopology` carries as a string; undefined where it carries none. */
function topologyConfig(path: string, modelTopology: unknown): unknown {
  const result = topologySchema.safeParse(modelTopology);
  if (!result.success) return undefined;
  const { class_name: className, config } = result.data;
  try {
    return { architectures: [className], ...JSON.parse(config.config) };
  } catch (cause) {
    throw new ConfigError(`The configuration in ${path} must be JSON and is not; save the model again.`, {
      path,
      cause,
    });
  }
}
