import { Reader } from 'protobufjs/minimal.js';
import { encodeSortedTable } from '../../src/tensor_bundle/encode_sorted_table';
import { maskedCrc32c } from '../../src/tensor_bundle/masked_crc32c';

interface Handle {
  readonly offset: number;
  readonly size: number;
}

function readHandle(reader: Reader): Handle {
  return { offset: reader.uint32(), size: reader.uint32() };
}

/** Entries of a block, read from each of its restarts on; compares the checksum behind it. */
function readBlock(file: Uint8Array, { offset, size }: Handle): [key: string, value: Uint8Array][] {
  const view = new DataView(file.buffer, file.byteOffset + offset, size + 5);
  expect(view.getUint8(size)).toBe(0);
  expect(view.getUint32(size + 1, true)).toBe(maskedCrc32c(file.subarray(offset, offset + size + 1)));
  const restartCount = view.getUint32(size - 4, true);
  const restarts = Array.from({ length: restartCount }, (_, i) =>
    view.getUint32(size - 4 * (restartCount + 1 - i), true),
  );
  const end = size - 4 * (restartCount + 1);
  return restarts.flatMap((start, i) => readRun(file.subarray(offset + start, offset + (restarts[i + 1] ?? end))));
}

function readRun(bytes: Uint8Array): [key: string, value: Uint8Array][] {
  const reader = Reader.create(bytes);
  const entries: [string, Uint8Array][] = [];
  let key = '';
  const take = (length: number) => {
    reader.pos += length;
    return bytes.subarray(reader.pos - length, reader.pos);
  };
  while (reader.pos < reader.len) {
    const [shared, unshared, length] = [reader.uint32(), reader.uint32(), reader.uint32()];
    // What is shared must be there since the last restart.
    expect(shared).toBeLessThanOrEqual(key.length);
    key = key.slice(0, shared) + Buffer.from(take(unshared)).toString('latin1');
    entries.push([key, take(length)]);
  }
  return entries;
}

/** Reads a table as LevelDB describes it. */
function readTable(file: Uint8Array) {
  const footer = file.subarray(-48);
  expect(Buffer.from(footer.subarray(40)).toString('hex')).toBe('57fb808b247547db');
  const reader = Reader.create(footer);
  const [metadata, index] = [readHandle(reader), readHandle(reader)];
  expect(readBlock(file, metadata)).toEqual([]);
  const blocks = readBlock(file, index).map(([lastKey, handle]) => ({
    lastKey,
    entries: readBlock(file, readHandle(Reader.create(handle))),
  }));
  return { blocks, entries: blocks.flatMap(({ entries }) => entries) };
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('encodeSortedTable', () => {
  test.each<[what: string, keys: string[], sorted: string[]]>([
    ['one key', ['a'], ['a']],
    ['the empty key first', ['a', ''], ['', 'a']],
    ['keys by their bytes', ['b', 'a/b', 'a', 'a.b', 'B', 'ab'], ['B', 'a', 'a.b', 'a/b', 'ab', 'b']],
    ['a key that begins another before it', ['kernel_1', 'kernel'], ['kernel', 'kernel_1']],
  ])('holds %s', (_what, keys, sorted) => {
    const table = readTable(encodeSortedTable(new Map(keys.map((key) => [key, bytes(`value of ${key}`)]))));
    expect(table.entries).toEqual(sorted.map((key) => [key, bytes(`value of ${key}`)]));
  });

  test('of no entries is a table too', () => {
    expect(readTable(encodeSortedTable(new Map())).entries).toEqual([]);
  });

  test('spreads many entries over blocks, each found by its last key', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `deberta/encoder/layer_._${i}/attention/self/kernel`);
    const { blocks, entries } = readTable(encodeSortedTable(new Map(names.map((name) => [name, bytes(name)]))));
    expect(entries).toEqual([...names].sort().map((name) => [name, bytes(name)]));
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) expect(block.lastKey).toBe(block.entries.at(-1)![0]);
  });

  test('leaves out what keys share', () => {
    const prefix = 'x'.repeat(1000);
    const names = Array.from({ length: 16 }, (_, i) => `${prefix}${i}`);
    expect(encodeSortedTable(new Map(names.map((name) => [name, bytes('')]))).length).toBeLessThan(2500);
  });
});
