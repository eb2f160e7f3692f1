import { CheckpointError } from '../../errors';
import { PickleCursor } from '../../pickle/pickle_cursor';
import { unpickle } from '../../pickle/unpickle';
import type { RandomAccessFile } from '../../sources/random_access_file';
import { openZip, type ZipArchive } from '../../sources/zip_archive';
import { MAX_PICKLE_BYTES, storageBytes, type TorchFile } from './torch_file';
import { torchGlobals } from './torch_globals';

/**
 * Opens the layout that `torch.save` has written since PyTorch 1.6: a zip archive of one folder of any name, with
 * `data.pkl`, `byteorder` and each storage as `data/<key>`.
 *
 * @throws {CheckpointError} when the file is damaged or a TorchScript archive, or the pickle holds other objects.
 */
export async function openTorchZip(file: RandomAccessFile): Promise<TorchFile> {
  const { path } = file;
  const archive = await openZip(file);
  const folder = findFolder(path, archive);
  const pickleSize = archive.sizes.get(`${folder}data.pkl`)!;
  if (pickleSize > MAX_PICKLE_BYTES) {
    throw new CheckpointError(
      `The pickle in ${path} must be at most ${MAX_PICKLE_BYTES} bytes long, received ${pickleSize}; save model.state_dict() alone.`,
      { path, expected: MAX_PICKLE_BYTES, received: pickleSize },
    );
  }
  const host = torchGlobals(path);
  const value = unpickle(new PickleCursor(path, await archive.read(`${folder}data.pkl`)), host);
  for (const storage of host.storages.values()) {
    const received = archive.sizes.get(`${folder}data/${storage.key}`);
    const expected = storageBytes(storage);
    if (received !== expected) {
      const shown = received === undefined ? 'none' : `${received} bytes`;
      const key = JSON.stringify(storage.key.slice(0, 40));
      throw new CheckpointError(
        `${path} must hold storage ${key} of ${expected} bytes, received ${shown}; get the file again.`,
        { path, expected, received },
      );
    }
  }
  return {
    value,
    isBigEndian: await readByteOrder(path, archive, `${folder}byteorder`),
    read: (storage, start, length, take) => archive.read(`${folder}data/${storage.key}`, start, length, take),
  };
}

function findFolder(path: string, { sizes }: ZipArchive): string {
  const names = [...sizes.keys()];
  if (names.some((name) => /^[^/]+\/(constants\.pkl$|code\/)/.test(name))) {
    throw new CheckpointError(
      `${path} must hold a state_dict, received a TorchScript program; load it with torch.jit.load and save its state_dict() with torch.save.`,
      { path, received: 'TorchScript' },
    );
  }
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw new CheckpointError(
      `${path} must hold one data.pkl in a folder, received ${pickles.length}; save model.state_dict() with torch.save.`,
      { path, expected: 1, received: pickles.length },
    );
  }
  return pickles[0]!.replace(/data\.pkl$/, '');
}

const BYTE_ORDERS: ReadonlyMap<string, boolean> = new Map([
  ['little', false],
  ['big', true],
]);

/** Older versions do not say, and are little-endian. */
async function readByteOrder(path: string, archive: ZipArchive, name: string): Promise<boolean> {
  const size = archive.sizes.get(name);
  if (size === undefined) return false;
  const text = size > 16 ? `${size} bytes` : new TextDecoder().decode(await archive.read(name));
  const isBigEndian = BYTE_ORDERS.get(text);
  if (isBigEndian !== undefined) return isBigEndian;
  throw new CheckpointError(
    `The byte order of ${path} must be little or big, received ${JSON.stringify(text)}; get the file again.`,
    { path, expected: [...BYTE_ORDERS.keys()], received: text },
  );
}
