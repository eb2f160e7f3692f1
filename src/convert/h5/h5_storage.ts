import { CheckpointError } from '../../errors';
import type { RandomAccessFile } from '../../sources/random_access_file';
import { elementCount } from '../numbers/element_count';
import { damagedH5, readAddress } from './h5_bytes';
import { type ChunkPlace, readChunkPlaces } from './h5_chunks';
import { h5NumberType } from './h5_number_type';
import { readObjectHeader } from './h5_object_header';

/** The properties of a dataset that matter here, by their numbers in the format. */
const NUMBER_TYPE = 0x03;
const OTHER_FILES = 0x07;
const LAYOUT = 0x08;

/** Layouts of numbers: in the header, in one run, in chunks. */
const COMPACT = 0;
const CONTIGUOUS = 1;
const CHUNKED = 2;

/** The library holds a whole chunk in memory, some in two versions. Ours and those of h5py have a few megabytes. */
const MAX_CHUNK_BYTES = 64 << 20;

/** Filters by their numbers in the format: one that compresses, and two that nearly keep the size. */
const DEFLATE = 1;
const FILTERS = [DEFLATE, 2, 3];

/** What the library says about a dataset. */
export interface H5DatasetInfo {
  /** Path in the file, for messages. */
  readonly location: string;
  readonly shape: readonly number[];
  /** Numbers of its filters. */
  readonly filters: readonly number[];
}

/** How a dataset is stored. */
export interface H5Storage {
  /** As {@link h5NumberType} calls it. */
  readonly dtype: string;
  /** Compressed chunks, which unpack to {@link chunkBytes} each if they are what they claim to be. */
  readonly deflated: readonly ChunkPlace[];
  readonly chunkBytes: number;
}

/**
 * Finds out how a dataset is stored, and that all of it is in the file.
 *
 * The library reads other files that a dataset names, gives zeros for what was never written, and takes any memory
 * that a chunk asks for; so whatever does not hold its own numbers, each once, is refused here.
 *
 * @param base where the file's addresses count from.
 * @param address of the dataset.
 * @throws {CheckpointError} when a number is missing, lies outside of the file, or a chunk is too large.
 */
export async function readH5Storage(
  file: RandomAccessFile,
  base: number,
  address: number,
  dataset: H5DatasetInfo,
): Promise<H5Storage> {
  const messages = await readObjectHeader(file, base, address);
  const messageOf = (type: number) => messages.find((message) => message.type === type);
  const type = messageOf(NUMBER_TYPE);
  const layout = messageOf(LAYOUT)?.data;
  if (messageOf(OTHER_FILES) !== undefined) throw unfit(file, dataset, 'numbers of its own', 'a list of other files');
  if (type === undefined || type.isShared || layout === undefined) {
    throw unfit(file, dataset, 'a number type and a place of its own', 'none');
  }
  const { dtype, size } = h5NumberType(type.data);
  const bytes = size * elementCount(dataset.shape);
  const version = layout.getUint8(0);
  const kind = layout.getUint8(1);
  if (bytes === 0) return { dtype, deflated: [], chunkBytes: 0 };
  if (version >= 3 && kind === COMPACT) {
    checkRun(file, dataset, bytes, 0, layout.getUint16(2, true));
  } else if (version >= 3 && kind === CONTIGUOUS) {
    checkRun(file, dataset, bytes, base + readAddress(layout, 2), readAddress(layout, 10));
  } else if (version === 3 && kind === CHUNKED) {
    return { dtype, ...(await readChunks(file, base, layout, dataset)) };
  } else {
    throw unfit(file, dataset, 'a layout that h5py writes by default', `layout ${kind} of version ${version}`);
  }
  return { dtype, deflated: [], chunkBytes: 0 };
}

function checkRun(file: RandomAccessFile, dataset: H5DatasetInfo, bytes: number, start: number, length: number): void {
  if (start > file.size)
    throw unfit(file, dataset, `its ${bytes} bytes in the file`, 'none, for they were never written');
  if (length < bytes || start + length > file.size) {
    throw unfit(file, dataset, `its ${bytes} bytes in the file`, `${Math.min(length, file.size - start)}`);
  }
}

async function readChunks(file: RandomAccessFile, base: number, layout: DataView, dataset: H5DatasetInfo) {
  const { shape, filters } = dataset;
  // One more than the dataset has: the bytes of a number.
  const rank = layout.getUint8(2);
  if (rank !== shape.length + 1) throw damagedH5(file.path, 'the chunks of a dataset have another rank');
  const sizes = Array.from({ length: rank }, (_, axis) => layout.getUint32(11 + 4 * axis, true));
  const chunkBytes = elementCount(sizes);
  if (chunkBytes === 0 || chunkBytes > MAX_CHUNK_BYTES) {
    throw unfit(file, dataset, `chunks of at most ${MAX_CHUNK_BYTES} bytes`, `chunks of ${chunkBytes}`);
  }
  if (new Set(filters).size < filters.length || filters.some((id) => !FILTERS.includes(id))) {
    throw unfit(file, dataset, 'no compression but gzip, once', `the filters ${filters}`);
  }
  const places = await readChunkPlaces(file, base, readAddress(layout, 3), sizes.slice(0, -1), dataset);
  if (filters.length === 0 && places.some(({ length }) => length !== chunkBytes)) {
    throw damagedH5(file.path, 'a chunk has another size than the others');
  }
  return { deflated: filters.includes(DEFLATE) ? places : [], chunkBytes };
}

/** The error of a dataset that the library would read and that is not what it should be. */
export function unfit(
  { path }: RandomAccessFile,
  { location }: Pick<H5DatasetInfo, 'location'>,
  expected: string,
  received: string,
): CheckpointError {
  return new CheckpointError(
    `${location} in ${path} must have ${expected}, received ${received}; save the model again with h5py's defaults.`,
    { path, expected, received },
  );
}
