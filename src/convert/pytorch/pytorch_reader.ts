import { CheckpointError } from '../../errors';
import type { TakeMemory } from '../../files/memory';
import type { FileSource } from '../../sources/file_source';
import type { RandomAccessFile } from '../../sources/random_access_file';
import type { CheckpointReader, TensorInfo } from '../checkpoint_reader';
import { decodeNumbers, NUMBER_SIZES } from '../numbers/decode_numbers';
import { tensorRange } from '../tensor_range';
import { plainJson } from './plain_json';
import { stridedValues } from './strided_values';
import type { TorchFile } from './torch_file';
import { openTorchLegacy } from './torch_legacy_layout';
import { torchStateDict } from './torch_state_dict';
import type { TorchTensor } from './torch_tensor';
import { openTorchZip } from './torch_zip_layout';

/**
 * Opens a file of `torch.save`, such as `pytorch_model.bin`, without running anything of its pickle.
 *
 * Both layouts of PyTorch are read: the zip archive and the one before 1.6. The state dict may lie under
 * `state_dict`, `model_state_dict`, `model` or `module`; a dictionary `config` beside it becomes `embeddedConfig`.
 * Tensors may share storages and be views of any strides. Rows of a contiguous tensor are read at their place.
 *
 * @param source the folder.
 * @param name of the file in it.
 * @throws {CheckpointError} when the file is missing, damaged, of another layout, or holds other objects than tensors
 *   and plain containers.
 */
export async function openPytorch(source: FileSource, name: string): Promise<CheckpointReader> {
  const file = await source.open(name);
  try {
    const torch = await openLayout(file);
    const { tensors, config } = torchStateDict(file.path, torch.value);
    const infos = new Map<string, TensorInfo>();
    for (const [tensor, { type, shape }] of tensors) infos.set(tensor, { dtype: type, shape });
    return {
      format: 'bin',
      layout: 'pytorch',
      tensors: infos,
      ...(config === undefined ? {} : { embeddedConfig: plainJson(file.path, config) }),
      async read(tensor, rows, take) {
        const { length } = tensorRange(file.path, infos, tensor, rows);
        return length === 0 ? new Float32Array(0) : readTensor(torch, tensors.get(tensor)!, rows, take);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Enough to tell the layouts apart. */
const SIGNATURE_BYTES = 262;

async function openLayout(file: RandomAccessFile): Promise<TorchFile> {
  const start = await file.read(0, Math.min(file.size, SIGNATURE_BYTES));
  const hasText = (position: number, text: string) =>
    [...text].every((letter, index) => start[position + index] === letter.charCodeAt(0));
  if (hasText(0, 'PK\x03\x04')) return openTorchZip(file);
  if (hasText(257, 'ustar')) {
    throw new CheckpointError(
      `${file.path} must be a file of PyTorch 0.4 or newer, received the tar archive of an older one; load it in Python and save its state_dict() with torch.save.`,
      { path: file.path, received: 'tar' },
    );
  }
  return openTorchLegacy(file);
}

async function readTensor(
  file: TorchFile,
  { storage, type, shape, strides, offset, isContiguous }: TorchTensor,
  rows: readonly [start: number, end: number] | undefined,
  take: TakeMemory | undefined,
): Promise<Float32Array> {
  const [first, last] = rows ?? [0, shape[0] ?? 1];
  const view = shape.length === 0 ? shape : [last - first, ...shape.slice(1)];
  const start = offset + first * (strides[0] ?? 0);
  const length = view.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 1);
  const size = NUMBER_SIZES[type];
  const bytes = await file.read(storage, start * size, length * size, take);
  if (file.isBigEndian) reverseNumbers(bytes, size);
  const values = decodeNumbers(bytes, type);
  return isContiguous ? values : stridedValues(values, view, strides);
}

/** Turns numbers around in place, byte by byte. */
function reverseNumbers(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}
