import { CheckpointError, DebertaError } from '../../errors';
import { freshMemory, type TakeMemory } from '../../files/memory';
import { isNode } from '../../files/node_builtins';
import type { FileSource } from '../../sources/file_source';
import { openLocalFile } from '../../sources/local_file';
import type { RandomAccessFile } from '../../sources/random_access_file';
import { type CheckpointReader, layoutOf, type TensorInfo } from '../checkpoint_reader';
import { decodeNumbers, NUMBER_SIZES, requireNumberType } from '../numbers/decode_numbers';
import { rowChunks } from '../numbers/row_chunks';
import { tensorRange } from '../tensor_range';
import { readH5Base } from './h5_base';
import { damagedH5, readAddress } from './h5_bytes';
import { callH5 } from './h5_call';
import { checkInflation } from './h5_inflation';
import { loadH5 } from './h5_library';
import { readH5Names } from './h5_names';
import { readObjectHeader } from './h5_object_header';
import { type H5Storage, readH5Storage } from './h5_storage';

type H5 = Awaited<ReturnType<typeof loadH5>>;
type H5File = InstanceType<H5['h5']['File']>;

/** More than any model nests its layers. */
const MAX_STEPS = 64;

interface Dataset extends TensorInfo {
  /** Inside the file. */
  readonly location: string;
  readonly storage: H5Storage;
}

/** A file as the library has it, and its bytes. */
interface OpenFile {
  readonly library: H5;
  readonly file: H5File;
  readonly bytes: RandomAccessFile;
  /** For messages. */
  readonly path: string;
}

/**
 * Opens a Keras weights file: `tf_model.h5` as `save_pretrained` of the TensorFlow classes writes it, or one shard.
 *
 * A whole file has a group a layer, whose attribute `weight_names` lists its datasets; a shard lists its datasets in
 * the root attribute `layer_names`. Links, and datasets whose numbers lie elsewhere, were never written or unpack to
 * more than they should, are refused.
 *
 * @throws {CheckpointError} when the file is missing, damaged or laid out differently.
 */
export async function openH5(source: FileSource, name: string): Promise<CheckpointReader> {
  const path = source.pathOf(name);
  const library = await loadH5();
  const { bytes, place, remove } = await placeFile(library, source, name);
  let file: H5File | undefined;
  const close = async () => {
    try {
      inH5(library, path, () => file?.close());
    } finally {
      remove();
      await bytes.close();
    }
  };
  try {
    file = inH5(library, path, () => new library.h5.File(place, 'r'));
    const open = { library, file, bytes, path };
    const datasets = await listDatasets(open);
    const checked = new Set<string>();
    return {
      format: 'h5',
      layout: layoutOf(datasets.keys()),
      tensors: datasets,
      async read(tensor, rows, take) {
        const dataset = datasets.get(tensor);
        if (dataset !== undefined && !checked.has(tensor)) {
          await checkInflation(bytes, dataset.location, dataset.storage);
          checked.add(tensor);
        }
        return inH5(library, path, () => readDataset(open, datasets, tensor, rows, take));
      },
      close,
    };
  } catch (error) {
    // What is wrong has been said; a damaged file may not even be closed without an error.
    await close().catch(() => {});
    throw asH5Error(path, error);
  }
}

let placed = 0;

/** Where the library finds the file: Node's files are its own; in a browser the file is copied into its memory. */
async function placeFile({ module }: H5, source: FileSource, name: string) {
  if (isNode()) {
    const place = await source.localPath(name);
    return { bytes: await openLocalFile(place), place, remove: () => {} };
  }
  const place = `/checkpoint-${placed++}.h5`;
  const bytes = await source.open(name);
  module.FS.writeFile(place, await bytes.read(0, bytes.size));
  return { bytes, place, remove: () => module.FS.unlink(place) };
}

async function listDatasets(open: OpenFile): Promise<ReadonlyMap<string, Dataset>> {
  const { library, bytes, path } = open;
  const datasets = new Map<string, Dataset>();
  const base = await readH5Base(bytes);
  const add = async (name: string, location: string) => {
    // The masked-LM head lists the embeddings of `deberta` once more.
    if (!datasets.has(name)) datasets.set(name, await describeDataset(open, base, location));
  };
  const namesOf = async (place: string, attribute: string) => {
    const address = inH5(library, path, () => addressOf(open, place));
    return readH5Names(bytes, base, await readObjectHeader(bytes, base, address), attribute);
  };
  const layers = await namesOf('/', 'layer_names');
  if (layers === undefined) {
    throw new CheckpointError(
      `${path} must have the attribute layer_names of a Keras weights file and does not; save the model with save_pretrained.`,
      { path, expected: 'layer_names' },
    );
  }
  for (const layer of layers) {
    const { place, entity } = inH5(library, path, () => resolve(open, layer));
    if (entity instanceof library.h5.Group) {
      for (const name of (await namesOf(place, 'weight_names')) ?? []) await add(name, `${layer}/${name}`);
    } else await add(layer, layer);
  }
  return datasets;
}

/** Where an object stands in the file: that is what an object reference of HDF5 is. */
function addressOf({ library: { module }, file }: OpenFile, place: string): number {
  const reference = Uint8Array.from(module.create_object_reference(file.file_id, place));
  return readAddress(new DataView(reference.buffer), 0);
}

/** The object at a path, every step of which must lie in this file; and the path as the library takes it. */
function resolve({ library, file, path }: OpenFile, location: string) {
  const steps = location.split('/').filter((step) => step !== '');
  // A group may hold itself, so that paths could be of any length.
  if (steps.length > MAX_STEPS) throw damagedH5(path, `a path in it has more than ${MAX_STEPS} steps`);
  steps.forEach((_, index) => {
    const step = steps.slice(0, index + 1).join('/');
    const link = linkAt(library, file, step);
    if (link === 'other') {
      throw new CheckpointError(
        `${location} in ${path} must lie in the file itself, received a link at ${step}; only trust files without links.`,
        { path, received: step },
      );
    }
    if (link === 'none') {
      throw new CheckpointError(`${path} lists ${location} and does not hold it; the file is damaged, get it again.`, {
        path,
        expected: location,
      });
    }
  });
  const place = steps.join('/');
  return { place, entity: file.get(place) };
}

/** Whether there is an object at a path, or a link to one that may lie elsewhere; does not follow the last step. */
function linkAt(library: H5, { file_id: id }: H5File, path: string): 'own' | 'other' | 'none' {
  const { module } = library;
  try {
    return callH5(library, () => {
      if (module.get_external_link(id, path).filename !== undefined) return 'other';
      if (module.get_symbolic_link(id, path) !== null) return 'other';
      return module.get_type(id, path) < 0 ? 'none' : 'own';
    });
  } catch {
    return 'none';
  }
}

async function describeDataset(open: OpenFile, base: number, location: string): Promise<Dataset> {
  const { library, file, bytes, path } = open;
  const { place, info, address } = inH5(library, path, () => {
    const { place, entity } = resolve(open, location);
    const shape = entity instanceof library.h5.Dataset ? entity.metadata.shape : undefined;
    if (shape === undefined || shape === null) {
      throw new CheckpointError(`${location} in ${path} must be an ordinary dataset and is not; get the file again.`, {
        path,
        received: location,
      });
    }
    const filters = library.module.get_dataset_filters(file.file_id, place).map(({ id }) => id);
    return { place, info: { location, shape, filters }, address: addressOf(open, place) };
  });
  const storage = await readH5Storage(bytes, base, address, info);
  return { location: place, shape: info.shape, dtype: storage.dtype, storage };
}

function readDataset(
  { library: { module }, file, path }: OpenFile,
  datasets: ReadonlyMap<string, Dataset>,
  name: string,
  rows: readonly [start: number, end: number] | undefined,
  take: TakeMemory = freshMemory,
): Float32Array {
  const { length } = tensorRange(path, datasets, name, rows);
  const { location, shape, dtype } = datasets.get(name)!;
  const type = requireNumberType(path, name, dtype);
  const [first, last] = rows ?? [0, shape[0] ?? 1];
  const { buffer, byteOffset } = take(4 * length);
  const values = new Float32Array(buffer, byteOffset, length);
  const rowLength = last === first ? 0 : length / (last - first);
  let filled = 0;
  // In pieces: the library's memory grows to the largest piece and is never given back.
  for (const [start, end] of rowChunks([last - first, ...shape.slice(1)])) {
    const count = [end - start, ...shape.slice(1)].map(BigInt);
    const offset = [first + start, ...shape.slice(1).fill(0)].map(BigInt);
    const bytes = (end - start) * rowLength * NUMBER_SIZES[type];
    const pointer = module._malloc(bytes);
    // Without this the library would write over its own memory.
    if (pointer === 0) throw new Error(`No memory for ${bytes} bytes.`);
    try {
      const strides = shape.map(() => 1n);
      // A scalar has no axes to choose from.
      const [of, at, every] = shape.length === 0 ? [null, null, null] : [count, offset, strides];
      const status = module.get_dataset_data(file.file_id, location, of, at, every, BigInt(pointer));
      if (status < 0) throw new Error(`status ${status}`);
      values.set(decodeNumbers(module.HEAPU8.subarray(pointer, pointer + bytes), type), filled);
    } finally {
      module._free(pointer);
    }
    filled += (end - start) * rowLength;
  }
  return values;
}

const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/truncated file/, 'it is cut short'],
  [/file signature not found/, 'it is no HDF5 file'],
];

/** Calls the library, whose errors are whole stacks of C functions. */
function inH5<T>(library: H5, path: string, act: () => T): T {
  try {
    return callH5(library, act);
  } catch (cause) {
    throw asH5Error(path, cause);
  }
}

/** What the library, or reading a damaged part of the file, has thrown, as a {@link CheckpointError}. */
function asH5Error(path: string, cause: unknown): DebertaError {
  if (cause instanceof DebertaError) return cause;
  const text = String(cause);
  const reason = REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'it is damaged';
  return new CheckpointError(`${path} could not be read as HDF5: ${reason}; get the file again.`, { path, cause });
}
