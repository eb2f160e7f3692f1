import { CheckpointError, DebertaError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { type CheckpointReader, layoutOf, type TensorInfo } from './checkpoint_reader';
import { decodeFloats, FLOAT_SIZES, type FloatType } from './decode_floats';
import { loadH5 } from './h5_library';
import { asCheckpointError } from './random_access_file';
import { rowChunks } from './row_chunks';
import { tensorRange } from './tensor_range';

type H5 = Awaited<ReturnType<typeof loadH5>>;
type H5File = InstanceType<H5['h5']['File']>;
type H5Group = InstanceType<H5['h5']['Group']>;

interface Dataset extends TensorInfo {
  /** Inside the file. */
  readonly location: string;
  /** Undefined when the dataset holds no floats. */
  readonly type: FloatType | undefined;
}

/**
 * Opens a Keras weights file: `tf_model.h5` as `save_pretrained` of the TensorFlow classes writes it, or one shard.
 *
 * A whole file has a group a layer, whose attribute `weight_names` lists its datasets; a shard lists its datasets in
 * the root attribute `layer_names`. Links that leave the file are refused.
 *
 * @throws {CheckpointError} when the file is missing, damaged or laid out differently.
 */
export async function openH5(path: string): Promise<CheckpointReader> {
  await asCheckpointError(path, () => nodeBuiltin('node:fs/promises').access(path));
  const library = await loadH5();
  const file = inH5(path, () => new library.h5.File(path, 'r'));
  try {
    const datasets = inH5(path, () => listDatasets(library, file, path));
    return {
      format: 'h5',
      layout: layoutOf(datasets.keys()),
      tensors: datasets,
      read: async (name, rows) => inH5(path, () => readDataset(library, file, path, datasets, name, rows)),
      close: async () => {
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function listDatasets(library: H5, file: H5File, path: string): ReadonlyMap<string, Dataset> {
  const datasets = new Map<string, Dataset>();
  const add = (name: string, location: string) => {
    // The masked-LM head lists the embeddings of `deberta` once more.
    if (!datasets.has(name)) datasets.set(name, describeDataset(library, file, path, location));
  };
  const layers = readNames(library, file, 'layer_names');
  if (layers === undefined) {
    throw new CheckpointError(
      `${path} must have the attribute layer_names of a Keras weights file and does not; save the model with save_pretrained.`,
      { path, expected: 'layer_names' },
    );
  }
  for (const layer of layers) {
    const entity = resolve(library, file, path, layer);
    if (entity instanceof library.h5.Group) {
      for (const name of readNames(library, entity, 'weight_names') ?? []) add(name, `${layer}/${name}`);
    } else add(layer, layer);
  }
  return datasets;
}

/** A list of names kept in an attribute; Keras splits long lists over `name0`, `name1` and so on. */
function readNames({ module }: H5, group: H5Group, attribute: string): string[] | undefined {
  const present = new Set(module.get_attribute_names(group.file_id, group.path));
  const parts = present.has(attribute) ? [attribute] : [];
  for (let part = 0; parts.length === part && present.has(`${attribute}${part}`); part++) {
    parts.push(`${attribute}${part}`);
  }
  if (parts.length === 0) return undefined;
  // A layer without weights has an empty list of numbers here.
  return parts.flatMap((part) => Array.from(group.get_attribute(part, true) as Iterable<unknown>, String));
}

/** The object at a path, every step of which must lie in this file. */
function resolve({ module }: H5, file: H5File, path: string, location: string) {
  const steps = location.split('/').filter((step) => step !== '');
  steps.forEach((_, index) => {
    const step = steps.slice(0, index + 1).join('/');
    const missing = module.get_type(file.file_id, step) < 0;
    if (missing) {
      throw new CheckpointError(`${path} lists ${location} and does not hold it; the file is damaged, get it again.`, {
        path,
        expected: location,
      });
    }
    const external = module.get_external_link(file.file_id, step).filename !== undefined;
    if (external || module.get_symbolic_link(file.file_id, step) !== null) {
      throw new CheckpointError(
        `${location} in ${path} must lie in the file itself, received a link at ${step}; only trust files without links.`,
        { path, received: step },
      );
    }
  });
  return file.get(steps.join('/'));
}

const FLOAT_TYPES: Readonly<Record<number, FloatType>> = { 2: 'F16', 4: 'F32', 8: 'F64' };

function describeDataset(library: H5, file: H5File, path: string, location: string): Dataset {
  const dataset = resolve(library, file, path, location);
  const metadata = dataset instanceof library.h5.Dataset ? dataset.metadata : undefined;
  if (metadata?.shape === undefined || metadata.shape === null || metadata.virtual_sources !== undefined) {
    throw new CheckpointError(`${location} in ${path} must be an ordinary dataset and is not; get the file again.`, {
      path,
      received: location,
    });
  }
  const { type: kind, size, shape } = metadata;
  const isFloat = kind === library.module.H5T_class_t.H5T_FLOAT.value;
  return {
    location,
    shape,
    dtype: `${isFloat ? 'float' : 'non-float '}${8 * size}`,
    type: isFloat ? FLOAT_TYPES[size] : undefined,
  };
}

function readDataset(
  { module }: H5,
  file: H5File,
  path: string,
  datasets: ReadonlyMap<string, Dataset>,
  name: string,
  rows: readonly [start: number, end: number] | undefined,
): Float32Array {
  const { length } = tensorRange(path, datasets, name, rows);
  const { location, type, shape, dtype } = datasets.get(name)!;
  if (type === undefined) {
    throw new CheckpointError(
      `Tensor ${name} in ${path} must hold 16, 32 or 64 bit floats to be a weight, received ${dtype} bit numbers; save the checkpoint in one of these.`,
      { path, expected: Object.values(FLOAT_TYPES), received: dtype },
    );
  }
  const [first, last] = rows ?? [0, shape[0] ?? 0];
  const values = new Float32Array(length);
  const rowLength = last === first ? 0 : length / (last - first);
  let filled = 0;
  // In pieces: the library's memory grows to the largest piece and is never given back.
  for (const [start, end] of rowChunks([last - first, ...shape.slice(1)])) {
    const count = [end - start, ...shape.slice(1)].map(BigInt);
    const offset = [first + start, ...shape.slice(1).fill(0)].map(BigInt);
    const bytes = (end - start) * rowLength * FLOAT_SIZES[type];
    const pointer = module._malloc(bytes);
    try {
      const strides = shape.map(() => 1n);
      const status = module.get_dataset_data(file.file_id, location, count, offset, strides, BigInt(pointer));
      if (status < 0) throw new Error(`status ${status}`);
      values.set(decodeFloats(module.HEAPU8.subarray(pointer, pointer + bytes), type), filled);
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

/** Turns the library's errors, which are whole stacks of C functions, into a {@link CheckpointError}. */
function inH5<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof DebertaError) throw cause;
    const text = String(cause);
    const reason = REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'it is damaged';
    throw new CheckpointError(`${path} could not be read as HDF5: ${reason}; get the file again.`, { path, cause });
  }
}
