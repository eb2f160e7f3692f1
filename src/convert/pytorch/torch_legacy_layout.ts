import { CheckpointError } from '../../errors';
import { PickleCursor } from '../../pickle/pickle_cursor';
import { unpickle } from '../../pickle/unpickle';
import type { RandomAccessFile } from '../../sources/random_access_file';
import { MAX_PICKLE_BYTES, storageBytes, type TorchFile } from './torch_file';
import { torchGlobals } from './torch_globals';
import type { TorchStorage } from './torch_storage';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** Bytes that are read at first: the pickles of most checkpoints. */
const FIRST_BYTES = 1 << 20;
/** Before each storage stands its length. */
const COUNT_BYTES = 8;

/**
 * Opens the layout that `torch.save` wrote before PyTorch 1.6: five pickles, then each storage with its length
 * before it. Numbers are little-endian, whatever the machine was.
 *
 * @throws {CheckpointError} when the file is damaged or of an older layout, or the pickle holds other objects.
 */
export async function openTorchLegacy(file: RandomAccessFile): Promise<TorchFile> {
  const { value, keys, storages, end } = await readPickles(file);
  const places = findStorages(file, keys, storages, end);
  return {
    value,
    isBigEndian: false,
    async read(storage, start, length) {
      const place = places.get(storage.key)!;
      if (start > 0) return file.read(place + start, length);
      const bytes = await file.read(place - COUNT_BYTES, COUNT_BYTES + length);
      const count = new DataView(bytes.buffer).getBigInt64(0, true);
      if (count === BigInt(storages.get(storage.key)!.length)) return bytes.subarray(COUNT_BYTES);
      throw damaged(file.path, `storage ${JSON.stringify(storage.key)} of ${storage.length} numbers`, `${count}`);
    },
  };
}

interface Pickles {
  readonly value: unknown;
  readonly keys: readonly unknown[];
  readonly storages: ReadonlyMap<string, TorchStorage>;
  /** Where the storages begin. */
  readonly end: number;
}

/** How long pickles are shows when they are read: more of the file is taken until they end. */
async function readPickles(file: RandomAccessFile): Promise<Pickles> {
  const limit = Math.min(file.size, MAX_PICKLE_BYTES);
  for (let length = Math.min(limit, FIRST_BYTES); ; length = Math.min(limit, 8 * length)) {
    const cursor = new PickleCursor(file.path, await file.read(0, length));
    try {
      return parsePickles(cursor);
    } catch (error) {
      if (!cursor.endedEarly || length === limit) throw error;
    }
  }
}

function parsePickles(cursor: PickleCursor): Pickles {
  const host = torchGlobals(cursor.path);
  if (unpickle(cursor, host) !== MAGIC) throw cursor.damaged("PyTorch's number before all else", 'another value');
  if (unpickle(cursor, host) !== PROTOCOL) throw cursor.damaged(`PyTorch's protocol ${PROTOCOL}`, 'another');
  unpickle(cursor, host);
  const value = unpickle(cursor, host);
  const keys = unpickle(cursor, host);
  if (!Array.isArray(keys)) throw cursor.damaged('a list of storages at its end', 'another value');
  return { value, keys, storages: host.storages, end: cursor.position };
}

/** Where each storage begins: they follow each other in the order of their keys. */
function findStorages(
  file: RandomAccessFile,
  keys: readonly unknown[],
  storages: ReadonlyMap<string, TorchStorage>,
  end: number,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let position = end;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined || places.has(storage.key)) {
      throw damaged(file.path, 'each storage of its tensors once', 'others');
    }
    places.set(storage.key, position + COUNT_BYTES);
    position += COUNT_BYTES + storageBytes(storage);
  }
  if (places.size !== storages.size) throw damaged(file.path, `${storages.size} storages`, `${places.size}`);
  if (position !== file.size) throw damaged(file.path, `${position} bytes`, `${file.size}`);
  return places;
}

function damaged(path: string, expected: string, received: string): CheckpointError {
  return new CheckpointError(`${path} must hold ${expected}, received ${received}; get the file again.`, {
    path,
    expected,
    received,
  });
}
