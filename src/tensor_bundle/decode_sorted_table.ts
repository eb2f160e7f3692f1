import { Reader } from 'protobufjs/minimal.js';
import { CheckpointError } from '../errors';
import type { RandomAccessFile } from '../sources/random_access_file';
import { type BlockHandle, COMPRESSION, FOOTER_BYTES, MAGIC, TRAILER_BYTES } from './block_handle';
import { maskedCrc32c } from './masked_crc32c';
import { uncompressSnappy } from './uncompress_snappy';

/** What an index may take in memory: blocks and entries, keys written out. That of a model takes less than a thousandth. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What an entry takes beside its key and value. */
const ENTRY_BYTES = 256;
/** Longer than any name of a variable; what is done with names must not take long. */
const MOST_KEY_BYTES = 1024;

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/**
 * Reads a sorted table as `encodeSortedTable` and TensorFlow write it, whole: its entries by their keys, in order.
 *
 * Blocks may be compressed by Snappy. The checksum of each is compared, and keys must ascend.
 *
 * @see https://github.com/google/leveldb/blob/main/doc/table_format.md
 * @throws {CheckpointError} when the file is no table or damaged anywhere.
 */
export async function decodeSortedTable(file: RandomAccessFile): Promise<ReadonlyMap<string, Uint8Array>> {
  const { path, size } = file;
  const memory = new Memory(path);
  if (size < FOOTER_BYTES || size > MOST_BYTES) {
    throw damaged(path, `it must be ${FOOTER_BYTES} to ${MOST_BYTES} bytes long, received ${size}`);
  }
  const decoder = new TextDecoder();
  const entries = new Map<string, Uint8Array>();
  let last: Uint8Array | undefined;
  // Blocks follow each other, so together they are no longer than the file.
  let end = 0;
  for (const [, value] of await readBlock(file, await readFooter(file), memory)) {
    const handle = readHandles(path, value, 1)[0]!;
    if (handle.offset < end) throw damaged(path, `its block at byte ${handle.offset} overlaps the one before it`);
    end = handle.offset + handle.size;
    for (const [key, entry] of await readBlock(file, handle, memory)) {
      if (last !== undefined && !ascends(last, key)) throw damaged(path, 'its keys are out of order');
      last = key;
      entries.set(decoder.decode(key), entry);
    }
  }
  return entries;
}

/** The place of the block that lists the others. */
async function readFooter(file: RandomAccessFile): Promise<BlockHandle> {
  const { path, size } = file;
  const footer = await file.read(size - FOOTER_BYTES, FOOTER_BYTES);
  const magic = new DataView(footer.buffer).getBigUint64(FOOTER_BYTES - 8, true);
  if (magic !== MAGIC) throw damaged(path, 'it does not end as a table does');
  return readHandles(path, footer, 2)[1]!;
}

function readHandles(path: string, bytes: Uint8Array, count: number): BlockHandle[] {
  const reader = Reader.create(bytes);
  const readNumber = () => Number(reader.uint64());
  return inTable(path, () => Array.from({ length: count }, () => ({ offset: readNumber(), size: readNumber() })));
}

/** What may still be taken: a few bytes can ask for a lot, as blocks are compressed and keys shortened. */
class Memory {
  #left = MOST_BYTES;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {CheckpointError} when there is no room for so many bytes. */
  take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw damaged(this.#path, `it takes more than ${MOST_BYTES} bytes of memory`);
  }
}

/** Reads a block, whose checksum must be right. */
async function readBlock(file: RandomAccessFile, handle: BlockHandle, memory: Memory): Promise<Entry[]> {
  const { path } = file;
  const { offset, size } = handle;
  if (!(offset + size <= file.size - FOOTER_BYTES - TRAILER_BYTES)) {
    throw damaged(path, `a block at byte ${offset} of ${size} bytes does not fit into its ${file.size} bytes`);
  }
  const bytes = await file.read(offset, size + TRAILER_BYTES);
  const checked = bytes.subarray(0, size + 1);
  if (new DataView(bytes.buffer).getUint32(size + 1, true) !== maskedCrc32c(checked)) {
    throw damaged(path, `the checksum of its block at byte ${offset} is wrong`);
  }
  return readEntries(path, await uncompress(path, checked, memory), memory);
}

async function uncompress(path: string, checked: Uint8Array, memory: Memory): Promise<Uint8Array> {
  const block = checked.subarray(0, -1);
  const compression = checked.at(-1);
  if (compression === COMPRESSION.none) return block;
  if (compression === COMPRESSION.snappy) {
    return uncompressSnappy(block, `A block of ${path}`, (size) => memory.take(size));
  }
  throw damaged(path, `it has a block of an unknown compression (${compression})`);
}

/** The entries of a block: a key leaves out what it shares with the one before it. */
function readEntries(path: string, block: Uint8Array, memory: Memory): Entry[] {
  const end = endOfEntries(path, block);
  return inTable(path, () => {
    const entries: Entry[] = [];
    const reader = Reader.create(block.subarray(0, end));
    let last: Uint8Array = new Uint8Array();
    while (reader.pos < end) {
      const [shared, unshared, valueLength] = [reader.uint32(), reader.uint32(), reader.uint32()];
      if (shared > last.length) throw damaged(path, 'a key shares more with the one before it than that has');
      if (unshared + valueLength > end - reader.pos) throw damaged(path, 'an entry leaves its block');
      if (shared + unshared > MOST_KEY_BYTES) throw damaged(path, `it has a key of ${shared + unshared} bytes`);
      memory.take(shared + unshared + valueLength + ENTRY_BYTES);
      const key = new Uint8Array(shared + unshared);
      key.set(last.subarray(0, shared));
      key.set(block.subarray(reader.pos, reader.pos + unshared), shared);
      reader.pos += unshared + valueLength;
      entries.push([key, block.slice(reader.pos - valueLength, reader.pos)]);
      last = key;
    }
    return entries;
  });
}

/** Behind the entries stand the places of those whose key is whole, and how many these are; a full read needs none. */
function endOfEntries(path: string, block: Uint8Array): number {
  const { length } = block;
  if (length < 4) throw damaged(path, `a block has ${length} bytes where at least 4 were expected`);
  const count = new DataView(block.buffer, block.byteOffset + length - 4).getUint32(0, true);
  const end = length - 4 - 4 * count;
  if (end < 0) throw damaged(path, `a block of ${length} bytes cannot have ${count} restarts`);
  return end;
}

function ascends(a: Uint8Array, b: Uint8Array): boolean {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) if (a[index] !== b[index]) return a[index]! < b[index]!;
  return a.length < b.length;
}

/** Turns the errors of the reader of varints into a {@link CheckpointError}. */
function inTable<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw damaged(path, 'a number in it is cut short');
  }
}

function damaged(path: string, reason: string): CheckpointError {
  return new CheckpointError(`${path} could not be read as the index of a checkpoint: ${reason}; get the file again.`, {
    path,
  });
}
