import { CheckpointError } from '../errors';
import { type CheckpointReader, layoutOf } from './checkpoint_reader';
import { decodeFloats, FLOAT_SIZES, type FloatType } from './decode_floats';
import { openRandomAccessFile, type RandomAccessFile } from './random_access_file';
import { parseSafetensorsHeader } from './safetensors_header';
import { tensorRange } from './tensor_range';

/** The format's own limit on the length of a header. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Opens one safetensors file, PyTorch- or TensorFlow-named, of any float type.
 *
 * @see https://github.com/huggingface/safetensors#format
 * @throws {CheckpointError} when the file is missing or damaged.
 */
export async function openSafetensors(path: string): Promise<CheckpointReader> {
  const file = await openRandomAccessFile(path);
  try {
    const tensors = parseSafetensorsHeader(path, await readHeader(file), file.size);
    return {
      format: 'safetensors',
      layout: layoutOf(tensors.keys()),
      tensors,
      async read(name, rows) {
        const { start, length } = tensorRange(path, tensors, name, rows);
        const entry = tensors.get(name)!;
        const type = floatType(path, name, entry.dtype);
        const numberSize = FLOAT_SIZES[type];
        return decodeFloats(await file.read(entry.start + start * numberSize, length * numberSize), type);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file: RandomAccessFile): Promise<Uint8Array> {
  const { path, size } = file;
  const lengthBytes = await file.read(0, 8);
  const length = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  const limit = Math.min(size - 8, MAX_HEADER_BYTES);
  if (length > BigInt(limit)) {
    throw new CheckpointError(
      `The header of ${path} must be at most ${limit} bytes long, received a length of ${length}; get the file again.`,
      { path, expected: limit, received: length },
    );
  }
  return file.read(8, Number(length));
}

function floatType(path: string, name: string, dtype: string): FloatType {
  if (Object.hasOwn(FLOAT_SIZES, dtype)) return dtype as FloatType;
  throw new CheckpointError(
    `Tensor ${name} in ${path} must hold ${Object.keys(FLOAT_SIZES).join(', ')} numbers to be a weight, received ${dtype}; save the checkpoint in one of these.`,
    { path, expected: Object.keys(FLOAT_SIZES), received: dtype },
  );
}
