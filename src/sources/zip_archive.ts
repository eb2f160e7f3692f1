import type { FileEntry } from '@zip.js/zip.js';
import { CheckpointError, DebertaError } from '../errors';
import { crc32 } from '../files/crc32';
import type { TakeMemory } from '../files/memory';
import type { RandomAccessFile } from './random_access_file';
import { zipReader } from './zip_reader';

/** Deflate's own limit on how much it compresses. */
const MAX_EXPANSION = 1032;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;

/** A zip archive open for reading. */
export interface ZipArchive {
  /** Sizes, as unpacked, by name. */
  readonly sizes: ReadonlyMap<string, number>;
  /**
   * Reads a part of a file; the whole by default. Stored files are read at their place, packed ones unpacked whole.
   *
   * The checksum is compared when a file has been read from first to last byte, in one piece or in several in order.
   *
   * @param take memory for the bytes of a stored file; fresh by default.
   * @returns exactly `length` bytes.
   * @throws {CheckpointError} when there is no such file or part, or it is damaged.
   */
  read(name: string, start?: number, length?: number, take?: TakeMemory): Promise<Uint8Array>;
}

/**
 * Opens a zip archive. The file stays the caller's to close.
 *
 * @throws {CheckpointError} when it is no zip, or its table of contents is damaged, names a file twice or a place
 *   outside of the archive, or files overlap.
 */
export async function openZip(file: RandomAccessFile): Promise<ZipArchive> {
  const entries = await inZip(file.path, () => listEntries(file));
  checkDisjoint(file, entries);
  // PyTorch can be told to leave checksums out; then all are 0.
  const hasChecksums = [...entries.values()].some((entry) => entry.crc32 !== 0);
  const places = new Map<string, Promise<number>>();
  const sums = new Map<string, RunningSum>();
  let unpacked: { readonly name: string; readonly bytes: Uint8Array } | undefined;

  const unpack = async (name: string, entry: FileEntry) => {
    if (unpacked?.name !== name) {
      unpacked = undefined;
      unpacked = { name, bytes: await inflate(file.path, entry, hasChecksums) };
    }
    return unpacked.bytes;
  };

  const readStored = async (name: string, entry: FileEntry, start: number, length: number, take?: TakeMemory) => {
    const place = places.get(name) ?? findPlace(entry);
    places.set(name, place);
    const bytes = await file.read((await place) + start, length, take);
    const before = start === 0 ? NOTHING_READ : sums.get(name);
    if (before?.end === start) {
      const crc = crc32(bytes, before.crc);
      sums.set(name, { crc, end: start + length });
      if (hasChecksums && start + length === entry.uncompressedSize && crc !== entry.crc32) {
        throw damaged(file.path, `${name} does not have its checksum`);
      }
    }
    return bytes;
  };

  return {
    sizes: new Map([...entries].map(([name, { uncompressedSize }]) => [name, uncompressedSize])),
    async read(name, start = 0, length = entries.get(name)?.uncompressedSize ?? 0, take) {
      const entry = entries.get(name);
      if (entry === undefined) throw damaged(file.path, `${name} is missing`);
      if (start + length > entry.uncompressedSize) {
        throw damaged(file.path, `${name} has ${entry.uncompressedSize} bytes where ${start + length} were expected`);
      }
      return inZip(file.path, async () =>
        entry.compressionMethod === STORED
          ? readStored(name, entry, start, length, take)
          : (await unpack(name, entry)).slice(start, start + length),
      );
    },
  };
}

/** The checksum of a file's bytes up to `end`. */
interface RunningSum {
  readonly crc: number;
  readonly end: number;
}

const NOTHING_READ: RunningSum = { crc: 0, end: 0 };

async function listEntries(file: RandomAccessFile): Promise<ReadonlyMap<string, FileEntry>> {
  const reader = await zipReader(file);
  const entries = new Map<string, FileEntry>();
  for await (const entry of reader.getEntriesGenerator()) {
    if (entry.directory) {
      if (entry.uncompressedSize === 0) continue;
      throw damaged(file.path, 'a folder in it has bytes');
    }
    if (entries.has(entry.filename)) throw damaged(file.path, 'it holds two files of one name');
    entries.set(entry.filename, entry);
  }
  return entries;
}

/** The least room that the files take must be there between each and the next. */
function checkDisjoint(file: RandomAccessFile, entries: ReadonlyMap<string, FileEntry>): void {
  const inOrder = [...entries.values()].sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { offset, compressedSize, rawFilename, compressionMethod, uncompressedSize, encrypted } of inOrder) {
    if (encrypted) throw damaged(file.path, 'it is encrypted');
    if (offset < end) throw damaged(file.path, 'two of its files overlap');
    end = offset + LOCAL_HEADER_BYTES + rawFilename.length + compressedSize;
    if (end > file.size) throw damaged(file.path, 'a file in it leaves the archive');
    const largest = compressionMethod === STORED ? compressedSize : compressedSize * MAX_EXPANSION;
    const smallest = compressionMethod === STORED ? compressedSize : 0;
    if (uncompressedSize > largest || uncompressedSize < smallest) {
      throw damaged(file.path, 'the sizes of a file in it contradict each other');
    }
  }
}

/** Where a stored file begins: behind its own header, which must agree with the table of contents. */
async function findPlace(entry: FileEntry): Promise<number> {
  await entry.getData(new WritableStream(), { checkOverlappingEntryOnly: true });
  return entry.localDirectory!.dataOffset;
}

async function inflate(path: string, entry: FileEntry, checkCrc32: boolean): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let filled = 0;
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      if (filled + chunk.length > bytes.length) throw damaged(path, `${entry.filename} is larger than it says`);
      bytes.set(chunk, filled);
      filled += chunk.length;
    },
  });
  await entry.getData(sink, { checkCrc32 });
  if (filled < bytes.length) throw damaged(path, `${entry.filename} is smaller than it says`);
  return bytes;
}

/** Turns the library's errors into a {@link CheckpointError}. */
async function inZip<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof DebertaError) throw cause;
    const reason = cause instanceof Error ? `${cause.message.slice(0, 1).toLowerCase()}${cause.message.slice(1)}` : '';
    throw damaged(path, reason || 'it is damaged', cause);
  }
}

function damaged(path: string, reason: string, cause?: unknown): CheckpointError {
  return new CheckpointError(`${path} could not be read as a zip archive: ${reason}; get the file again.`, {
    path,
    received: reason,
    cause,
  });
}
