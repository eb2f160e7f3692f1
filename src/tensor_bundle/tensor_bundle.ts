import { CheckpointError } from '../errors';
import type { TakeMemory } from '../files/memory';
import { decodeMessage } from '../protobuf/decode_message';
import type { Message } from '../protobuf/encode_message';
import { DATA_TYPES } from '../protobuf/tensorflow_types';
import type { FileSource } from '../sources/file_source';
import type { RandomAccessFile } from '../sources/random_access_file';
import { BUNDLE_ENTRY, BUNDLE_HEADER } from './bundle_schema';
import { decodeSortedTable } from './decode_sorted_table';
import { RunningChecksum } from './running_checksum';
import { shardFile } from './shard_file';
import { decodeText } from './text_tensor';

/** What the index says about a tensor. */
export interface BundleEntry {
  /** TensorFlow's name of its element type, such as `float`; `type 99` for one without a name here. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** In bytes; 0 where the tensor was saved in parts. */
  readonly size: number;
  /** Whether it was saved in parts, by a partitioned variable: it cannot be read then. */
  readonly isPartitioned: boolean;
}

/** An open checkpoint of TensorFlow's format V2: the tensors by their keys, and their bytes on demand. */
export interface TensorBundle {
  /** Of the index, for messages. */
  readonly path: string;
  readonly entries: ReadonlyMap<string, BundleEntry>;
  /**
   * Bytes of a tensor of the list, little-endian.
   *
   * The checksum is compared when the last byte has been read and all before it were, in order and in any number of
   * pieces.
   *
   * @param start in the tensor; it and `length` must lie in it.
   * @param take memory for the bytes, fresh by default.
   * @throws {CheckpointError} when the data file is damaged, or the tensor was saved in parts.
   */
  read(key: string, start: number, length: number, take?: TakeMemory): Promise<Uint8Array>;
  /** The text that a tensor is. @throws {CheckpointError} as {@link read}, or when it is none or longer than 16 MiB. */
  readText(key: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The version of the format that this reads. */
const VERSION = 1;
const LITTLE_ENDIAN = 0;
/** The text read is the graph of a model's objects: some 100 bytes an object. */
const MOST_TEXT_BYTES = 16 * 1024 * 1024;
/** The key before all names of tensors. */
const HEADER_KEY = '';
/** The first byte of the keys of parts of a tensor that was saved in parts. */
const SLICE_KEY = '\0';

interface Located extends BundleEntry {
  readonly shard: number;
  readonly offset: number;
  readonly checksum: number;
}

/**
 * Opens a checkpoint of TensorFlow's format V2: `<prefix>.index`, a sorted table of where each tensor is, and the data
 * files `<prefix>.data-00000-of-0000n`.
 *
 * @param indexName name of the index in the source.
 * @see https://github.com/tensorflow/tensorflow/blob/v2.21.0/tensorflow/core/util/tensor_bundle/tensor_bundle.h
 * @throws {CheckpointError} when a file is missing or damaged, tensors overlap or leave their file, or the checkpoint
 *   comes from a big-endian machine.
 */
export async function openTensorBundle(source: FileSource, indexName: string): Promise<TensorBundle> {
  const path = source.pathOf(indexName);
  const located = await readIndex(source, indexName);
  const shards = await openShards(source, indexName, path, located);
  const checksums = new Map<string, RunningChecksum>();
  const tensors = new Map([...located.entries].filter(([key]) => !key.startsWith(SLICE_KEY)));
  return {
    path,
    entries: tensors,
    async read(key, start, length, take) {
      const entry = requireWhole(path, tensors, key);
      const bytes = await shards.get(entry.shard)!.read(entry.offset + start, length, take);
      const checksum = checksums.get(key) ?? new RunningChecksum(entry.size);
      checksums.set(key, checksum);
      const isWhole = checksum.add(start, bytes);
      if (isWhole && checksum.value !== entry.checksum) throw wrongChecksum(path, key);
      return bytes;
    },
    async readText(key) {
      const entry = requireWhole(path, tensors, key);
      if (entry.dtype !== 'string' || entry.size > MOST_TEXT_BYTES) {
        throw new CheckpointError(
          `Tensor ${key} in ${path} must be a text of at most ${MOST_TEXT_BYTES} bytes, received ${entry.dtype} of ${entry.size} bytes; get the file again.`,
          { path, received: entry },
        );
      }
      const bytes = await shards.get(entry.shard)!.read(entry.offset, entry.size);
      const text = decodeText({ bytes, checksum: entry.checksum });
      if (text === undefined) throw wrongChecksum(path, key);
      return text;
    },
    close: () => closeAll(shards),
  };
}

interface Index {
  readonly shardCount: number;
  readonly entries: ReadonlyMap<string, Located>;
}

async function readIndex(source: FileSource, name: string): Promise<Index> {
  const file = await source.open(name);
  try {
    const table = await decodeSortedTable(file);
    const shardCount = readHeader(file.path, table.get(HEADER_KEY));
    const keys = [...table.keys()].filter((key) => key !== HEADER_KEY);
    return {
      shardCount,
      entries: new Map(keys.map((key) => [key, readEntry(file.path, key, table.get(key)!, shardCount)])),
    };
  } finally {
    await file.close();
  }
}

/** The number of data files. */
function readHeader(path: string, bytes: Uint8Array | undefined): number {
  if (bytes === undefined) {
    throw new CheckpointError(`${path} must begin with the header of a checkpoint and does not; get the file again.`, {
      path,
    });
  }
  const header = decodeMessage(BUNDLE_HEADER, bytes, `The header of ${path}`);
  const minimum = header.version?.min_consumer ?? 0;
  if (minimum > VERSION) {
    throw new CheckpointError(
      `${path} must be a checkpoint of version ${VERSION}, received one for readers of version ${minimum}; save it with another version of TensorFlow.`,
      { path, expected: VERSION, received: minimum },
    );
  }
  if ((header.endianness ?? LITTLE_ENDIAN) !== LITTLE_ENDIAN) {
    throw new CheckpointError(
      `${path} must be a little-endian checkpoint, received a big-endian one; save it again on an ordinary machine.`,
      { path, received: header.endianness },
    );
  }
  return header.num_shards ?? 0;
}

function readEntry(path: string, key: string, bytes: Uint8Array, shardCount: number): Located {
  const message = decodeMessage(BUNDLE_ENTRY, bytes, `The entry of ${key} in ${path}`);
  const { shard_id: shard = 0, offset = 0, size = 0, crc32c: checksum = 0, slices = [] } = message;
  const shape = (message.shape?.dim ?? []).map((dim) => dim.size ?? 0);
  if (shard < 0 || shard >= shardCount || offset < 0 || size < 0 || shape.some((axis) => axis < 0)) {
    throw new CheckpointError(
      `Tensor ${key} in ${path} must have a shape, a size and a place in one of ${shardCount} data files, received shape [${shape}], ${size} bytes at byte ${offset} of file ${shard}; get the file again.`,
      { path, received: { shape, size, offset, shard } },
    );
  }
  return { dtype: nameOfType(message), shape, size, shard, offset, checksum, isPartitioned: slices.length > 0 };
}

const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(DATA_TYPES).map(([name, number]) => [number, name]),
);

function nameOfType({ dtype = 0 }: Message<typeof BUNDLE_ENTRY>): string {
  return TYPE_NAMES.get(dtype) ?? `type ${dtype}`;
}

/** Opens the data files that hold anything, and makes sure they do. */
async function openShards(
  source: FileSource,
  indexName: string,
  path: string,
  { shardCount, entries }: Index,
): Promise<ReadonlyMap<number, RandomAccessFile>> {
  const prefix = indexName.replace(/\.index$/, '');
  const files = new Map<number, RandomAccessFile>();
  try {
    const ends = new Map<number, number>();
    const inOrder = [...entries].sort(([, a], [, b]) => a.offset - b.offset || a.size - b.size);
    for (const [key, { shard, offset, size }] of inOrder) {
      const file = files.get(shard) ?? (await source.open(shardFile(prefix, shard, shardCount)));
      files.set(shard, file);
      if (offset < (ends.get(shard) ?? 0)) {
        throw new CheckpointError(`Tensor ${key} in ${path} overlaps the tensor before it; get the file again.`, {
          path,
        });
      }
      ends.set(shard, offset + size);
      if (offset + size > file.size) {
        throw new CheckpointError(
          `${file.path} must hold ${offset + size} bytes for tensor ${key} and is ${file.size} bytes long; get the file again.`,
          { path: file.path, expected: offset + size, received: file.size },
        );
      }
    }
    return files;
  } catch (error) {
    await closeAll(files);
    throw error;
  }
}

async function closeAll(files: ReadonlyMap<number, RandomAccessFile>): Promise<void> {
  await Promise.all([...files.values()].map((file) => file.close()));
}

function requireWhole(path: string, tensors: ReadonlyMap<string, Located>, key: string): Located {
  const entry = tensors.get(key);
  if (entry === undefined) throw new CheckpointError(`${path} must hold a tensor ${key} and does not.`, { path });
  if (!entry.isPartitioned) return entry;
  throw new CheckpointError(
    `Tensor ${key} in ${path} was saved in parts by a partitioned variable, which cannot be read; save it whole, without a partitioner.`,
    { path },
  );
}

function wrongChecksum(path: string, key: string): CheckpointError {
  return new CheckpointError(
    `Tensor ${key} of ${path} has another checksum than its index says; its data file is damaged, get it again.`,
    { path },
  );
}
