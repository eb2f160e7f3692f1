import type { RandomAccessFile } from '../../sources/random_access_file';
import { elementCount } from '../numbers/element_count';
import { damagedH5, readAddress, readView, signatureOf } from './h5_bytes';

/** A tree of so many levels would hold more chunks than any disk. */
const MAX_LEVEL = 16;
const NODE_HEAD_BYTES = 24;
const CHUNK_NODE = 1;

/** Bytes of a file that hold a chunk. */
export interface ChunkPlace {
  readonly start: number;
  readonly length: number;
}

/**
 * Finds the chunks of a dataset, each of which must be there once.
 *
 * @param base where the file's addresses count from.
 * @param root address of the tree that lists them.
 * @param sizes of a chunk, along each axis of `shape`.
 * @returns in row-major order.
 * @throws {CheckpointError} when one is missing or lies outside of the file, or the tree is damaged.
 * @see https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html#Btrees
 */
export async function readChunkPlaces(
  file: RandomAccessFile,
  base: number,
  root: number,
  sizes: readonly number[],
  { location, shape }: { readonly location: string; readonly shape: readonly number[] },
): Promise<readonly ChunkPlace[]> {
  const { path } = file;
  const counts = shape.map((length, axis) => Math.ceil(length / sizes[axis]!));
  const expected = elementCount(counts);
  // The bytes it has, which of its filters were left out, where it begins on each axis and within a number.
  const keyBytes = 8 + 8 * (shape.length + 1);
  const entryBytes = keyBytes + 8;
  const missing = () => damagedH5(path, `${location} has chunks that were never written or lie outside of the file`);
  if (expected * entryBytes > file.size) throw missing();
  const places: ChunkPlace[] = [];
  let stored = 0;

  const addChunk = (node: DataView, at: number) => {
    const length = node.getUint32(at, true);
    const start = base + readAddress(node, at + keyBytes);
    const index = counts.reduce(
      (sum, count, axis) => sum * count + readAddress(node, at + 8 + 8 * axis) / sizes[axis]!,
      0,
    );
    stored += length;
    // The tree is in order, so that the place in it tells which chunk this must be.
    if (index !== places.length || start + length > file.size || stored > file.size) throw missing();
    places.push({ start, length });
  };

  const walk = async (address: number, level: number | undefined) => {
    const start = base + address;
    if (start > file.size) throw missing();
    const head = await readView(file, start, NODE_HEAD_BYTES);
    const ownLevel = head.getUint8(5);
    const used = head.getUint16(6, true);
    const fits = level === undefined ? ownLevel <= MAX_LEVEL : ownLevel === level;
    if (signatureOf(head) !== 'TREE' || head.getUint8(4) !== CHUNK_NODE || !fits || used === 0) {
      throw damagedH5(path, 'a list of chunks is damaged');
    }
    const node = await readView(file, start + NODE_HEAD_BYTES, used * entryBytes);
    for (let at = 0; at < node.byteLength; at += entryBytes) {
      if (ownLevel === 0) addChunk(node, at);
      else await walk(readAddress(node, at + keyBytes), ownLevel - 1);
    }
  };
  await walk(root, undefined);
  if (places.length !== expected) throw missing();
  return places;
}
