import type { DebertaV2Config } from '../../config/deberta_v2_config';
import type { FileSource } from '../../sources/file_source';
import { openTensorBundle } from '../../tensor_bundle/tensor_bundle';
import { OBJECT_GRAPH_KEY, variableNames } from '../../tensor_bundle/variable_names';
import type { CheckpointReader, SourceFormat } from '../checkpoint_reader';
import { bundleReader } from './bundle_reader';

/** The names of variables by the keys of their tensors. */
type Names = ReadonlyMap<string, string>;

/**
 * Opens a checkpoint of TensorFlow's format V2 as one of weights.
 *
 * @param indexName of the file that ends in `.index`; the data files lie beside it.
 * @param config of the model: see `bundleReader`.
 * @param namesElsewhere finds the names where the checkpoint does not describe its objects; there are none by default.
 * @throws {CheckpointError} when a file is missing or damaged.
 */
export async function openBundle(
  source: FileSource,
  indexName: string,
  format: SourceFormat,
  config: DebertaV2Config,
  namesElsewhere: (keys: readonly string[]) => Promise<Names> = async () => new Map(),
): Promise<CheckpointReader> {
  const bundle = await openTensorBundle(source, indexName);
  try {
    const names = bundle.entries.has(OBJECT_GRAPH_KEY)
      ? variableNames(bundle.path, await bundle.readText(OBJECT_GRAPH_KEY))
      : await namesElsewhere([...bundle.entries.keys()]);
    return bundleReader(bundle, format, names, config);
  } catch (error) {
    await bundle.close();
    throw error;
  }
}
