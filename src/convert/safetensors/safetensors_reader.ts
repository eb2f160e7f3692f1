import { CheckpointError } from '../../errors';
import type { FileSource } from '../../sources/file_source';
import type { RandomAccessFile } from '../../sources/random_access_file';
import { type CheckpointReader, layoutOf } from '../checkpoint_reader';
import { decodeNumbers, NUMBER_SIZES } from '../numbers/decode_numbers';
import { tensorRange } from '../tensor_range';
import { parseSafetensorsHeader } from './safetensors_header';

/** The format's own limit on the length of a header. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Opens one safetensors file, PyTorch- or TensorFlow-named, of any type of number.
 *
 * @see https://github.com/huggingface/safetensors#format
 * @throws {CheckpointError} when the file is missing or damaged.
 */
export async function openSafetensors(source: FileSource, name: string): Promise<CheckpointReader> {
  const file = await source.open(name);
  const { path } = file;
  try {
    const tensors = parseSafetensorsHeader(path, await readHeader(file), file.size);
    return {
      format: 'safetensors',
      layout: layoutOf(tensors.keys()),
      tensors,
      async read(tensor, rows, take) {
        const { start, length } = tensorRange(path, tensors, tensor, rows);
        const entry = tensors.get(tensor)!;
        const size = NUMBER_SIZES[entry.dtype];
        return decodeNumbers(await file.read(entry.start + start * size, length * size, take), entry.dtype);
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
