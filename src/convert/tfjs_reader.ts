import { CheckpointError } from '../errors';
import { type CheckpointReader, layoutOf, type TensorInfo } from './checkpoint_reader';
import { concatenateFiles } from './concatenate_files';
import { decodeFloats } from './decode_floats';
import { elementCount } from './element_count';
import { openRandomAccessFile, type RandomAccessFile } from './random_access_file';
import { shardPath } from './shard_path';
import { tensorRange } from './tensor_range';
import { readTfjsModelJson, type TfjsModelJson } from './tfjs_model_json';

type Group = TfjsModelJson['weightsManifest'][number];

interface Stored extends TensorInfo {
  readonly file: RandomAccessFile;
  /** First byte in `file`. */
  readonly start: number;
}

/**
 * Opens a tfjs `model.json`; tensors may span the shards of their group.
 *
 * @throws {CheckpointError} when it is no tfjs model, is quantized, or its shards are missing or of another size.
 */
export async function openTfjs(path: string): Promise<CheckpointReader> {
  const { weightsManifest } = await readTfjsModelJson(path);
  const tensors = new Map<string, Stored>();
  const opened: RandomAccessFile[] = [];
  const close = async () => {
    await Promise.all(opened.map((file) => file.close()));
  };
  try {
    for (const group of weightsManifest) {
      const shards: RandomAccessFile[] = [];
      for (const name of group.paths) {
        const shard = await openRandomAccessFile(shardPath(path, name));
        opened.push(shard);
        shards.push(shard);
      }
      for (const [name, stored] of locateWeights(path, group, concatenateFiles(shards))) tensors.set(name, stored);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    format: 'tfjs',
    layout: layoutOf(tensors.keys()),
    tensors,
    async read(name, rows) {
      const { start, length } = tensorRange(path, tensors, name, rows);
      const stored = tensors.get(name)!;
      return decodeFloats(await stored.file.read(stored.start + 4 * start, 4 * length), 'F32');
    },
    close,
  };
}

function* locateWeights(path: string, group: Group, file: RandomAccessFile): Generator<[string, Stored]> {
  let position = 0;
  for (const { name, shape, dtype, quantization } of group.weights) {
    if (quantization !== undefined || dtype !== 'float32') {
      const received = quantization === undefined ? dtype : `${dtype} quantized to ${quantization.dtype}`;
      throw new CheckpointError(
        `Weight ${name} in ${path} must be stored as float32, received ${received}; save the model without quantization.`,
        { path, expected: 'float32', received },
      );
    }
    yield [name, { dtype, shape, file, start: position }];
    position += 4 * elementCount(shape);
  }
  if (position !== file.size) {
    throw new CheckpointError(
      `The shards ${group.paths.join(', ')} of ${path} must hold ${position} bytes, received ${file.size}; get the files again.`,
      { path, expected: position, received: file.size },
    );
  }
}
