import { Writer } from 'protobufjs/minimal.js';
import { type BlockHandle, COMPRESSION, FOOTER_BYTES, MAGIC } from './block_handle';
import { maskedCrc32c } from './masked_crc32c';

/** Size from which a block is closed. */
const BLOCK_BYTES = 4096;
/** Every so many keys of a block one is written in full, for readers to jump to. */
const RESTART_INTERVAL = 16;

/**
 * A sorted table of keys and values in the format of LevelDB, which TensorFlow's checkpoints use as index: blocks of
 * entries whose keys leave out what they share with the one before, an empty block of metadata, a block that says which
 * keys each block ends with, and a footer.
 *
 * Blocks are not compressed.
 *
 * @param entries in any order; keys are sorted by their bytes.
 * @see https://github.com/google/leveldb/blob/main/doc/table_format.md
 */
export function encodeSortedTable(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const file = new TableFile();
  const index = new Block(1);
  let block = new Block(RESTART_INTERVAL);
  let lastKey: Uint8Array = new Uint8Array();
  const close = () => {
    index.add(lastKey, encodeHandles(file.append(block.finish())));
    block = new Block(RESTART_INTERVAL);
  };
  for (const [key, value] of sortByBytes(entries)) {
    block.add(key, value);
    lastKey = key;
    if (block.size >= BLOCK_BYTES) close();
  }
  if (block.size > 0) close();
  const metadata = file.append(new Block(RESTART_INTERVAL).finish());
  return file.finish(metadata, file.append(index.finish()));
}

function sortByBytes(entries: ReadonlyMap<string, Uint8Array>): [key: Uint8Array, value: Uint8Array][] {
  const encoder = new TextEncoder();
  return [...entries]
    .map(([key, value]): [Uint8Array, Uint8Array] => [encoder.encode(key), value])
    .sort(([a], [b]) => compareBytes(a, b));
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = sharedLength(a, b);
  return (a[shared] ?? -1) - (b[shared] ?? -1);
}

function sharedLength(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  let length = 0;
  while (length < shorter && a[length] === b[length]) length++;
  return length;
}

/** Entries in the order of their keys. */
class Block {
  readonly #parts = new ByteParts();
  readonly #restarts = [0];
  readonly #restartInterval: number;
  #count = 0;
  #lastKey: Uint8Array = new Uint8Array();

  constructor(restartInterval: number) {
    this.#restartInterval = restartInterval;
  }

  /** Bytes of the entries so far. */
  get size(): number {
    return this.#parts.length;
  }

  add(key: Uint8Array, value: Uint8Array): void {
    const isRestart = this.#count > 0 && this.#count % this.#restartInterval === 0;
    if (isRestart) this.#restarts.push(this.size);
    const shared = isRestart ? 0 : sharedLength(this.#lastKey, key);
    this.#parts.push(encodeVarints(shared, key.length - shared, value.length));
    this.#parts.push(key.subarray(shared));
    this.#parts.push(value);
    this.#lastKey = key;
    this.#count++;
  }

  finish(): Uint8Array {
    const trailer = Uint32Array.of(...this.#restarts, this.#restarts.length);
    this.#parts.push(new Uint8Array(trailer.buffer));
    return this.#parts.concatenate();
  }
}

/** Blocks with their checksums. */
class TableFile {
  readonly #parts = new ByteParts();

  append(block: Uint8Array): BlockHandle {
    const handle = { offset: this.#parts.length, size: block.length };
    const checked = new Uint8Array(block.length + 1);
    checked.set(block);
    checked[block.length] = COMPRESSION.none;
    this.#parts.push(checked);
    this.#parts.push(new Uint8Array(Uint32Array.of(maskedCrc32c(checked)).buffer));
    return handle;
  }

  finish(metadata: BlockHandle, index: BlockHandle): Uint8Array {
    const footer = new Uint8Array(FOOTER_BYTES);
    footer.set(encodeHandles(metadata, index));
    new DataView(footer.buffer).setBigUint64(FOOTER_BYTES - 8, MAGIC, true);
    this.#parts.push(footer);
    return this.#parts.concatenate();
  }
}

/** Bytes piece by piece. */
class ByteParts {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  push(part: Uint8Array): void {
    this.#parts.push(part);
    this.length += part.length;
  }

  concatenate(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }
}

function encodeHandles(...handles: readonly BlockHandle[]): Uint8Array {
  return encodeVarints(...handles.flatMap(({ offset, size }) => [offset, size]));
}

function encodeVarints(...values: readonly number[]): Uint8Array {
  const writer = Writer.create();
  for (const value of values) writer.uint32(value);
  return writer.finish();
}
