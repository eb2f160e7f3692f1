import * as tf from '@tensorflow/tfjs';
import type { CheckpointReader } from '../convert/checkpoint_reader';
import { openPytorch } from '../convert/pytorch/pytorch_reader';
import { readWeight } from '../convert/read_weight';
import { openSafetensors } from '../convert/safetensors/safetensors_reader';
import { CheckpointError } from '../errors';
import { type FileSource, firstPresent } from '../sources/file_source';
import { resolveSource } from '../sources/resolve_source';
import type { SourceOptions } from '../sources/source_options';
import { type AdapterConfig, readAdapterConfig } from './adapter_config';
import type { AdapterModules } from './adapter_modules';
import { adapterTensors } from './adapter_tensors';
import { type AdapterBase, planAdapter } from './plan_adapter';

/** Names of PEFT's file, that of old versions last. */
export const ADAPTER_FILES = ['adapter_model.safetensors', 'adapter_model.bin'] as const;

/** An adapter as it was read. */
export interface ReadAdapter {
  readonly config: AdapterConfig;
  readonly modules: AdapterModules;
  /** Its weights by their paths in the model, in the model's layout; the caller's. */
  readonly values: ReadonlyMap<string, tf.Tensor>;
}

/**
 * Reads an adapter for a model, which is not changed.
 *
 * @param place a folder, a URL or a repository of the hub; a file in one of them stands for its folder.
 * @throws {CheckpointError} when there is none, it is damaged, not supported, or for another model.
 */
export async function readAdapter(place: string, base: AdapterBase, options: SourceOptions = {}): Promise<ReadAdapter> {
  const { config, modules, reader } = await openPlanned(place, base, options);
  try {
    return { config, modules, values: await readValues(reader, modules, config.rank) };
  } finally {
    await reader.close();
  }
}

/**
 * Canonical names of the base model's weights that an adapter brings whole; no number is read.
 *
 * @throws {CheckpointError} as {@link readAdapter}.
 */
export async function weightsInAdapter(
  place: string,
  base: AdapterBase,
  options: SourceOptions = {},
): Promise<readonly string[]> {
  const { modules, reader } = await openPlanned(place, base, options);
  await reader.close();
  return modules.saved.map(({ spec }) => spec.name);
}

async function openPlanned(
  place: string,
  base: AdapterBase,
  options: SourceOptions,
): Promise<Omit<ReadAdapter, 'values'> & { readonly reader: CheckpointReader }> {
  const { source } = await resolveSource(place, options);
  const config = await readAdapterConfig(source, base.architecture);
  const reader = await openAdapter(source);
  try {
    return { config, modules: planAdapter(source.location, reader.tensors, config, base), reader };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function openAdapter(source: FileSource): Promise<CheckpointReader> {
  const file = await firstPresent(source, ADAPTER_FILES);
  if (file === ADAPTER_FILES[0]) return openSafetensors(source, file);
  if (file !== undefined) return openPytorch(source, file);
  throw new CheckpointError(
    `${source.location} must hold ${ADAPTER_FILES.join(' or ')} beside its description and does not; get the adapter again.`,
    { path: source.location, expected: ADAPTER_FILES, received: await source.list() },
  );
}

async function readValues(
  reader: CheckpointReader,
  modules: AdapterModules,
  rank: number,
): Promise<ReadonlyMap<string, tf.Tensor>> {
  const values = new Map<string, tf.Tensor>();
  try {
    for (const spec of adapterTensors(modules, rank)) {
      const numbers = await readWeight(reader, { spec, source: spec.name });
      values.set(spec.tfName, tf.tensor(numbers, [...spec.shape], 'float32'));
    }
    return values;
  } catch (error) {
    tf.dispose([...values.values()]);
    throw error;
  }
}
