import type { DebertaV2Config } from '../../config/deberta_v2_config';
import type { FileSource } from '../../sources/file_source';
import type { CheckpointReader } from '../checkpoint_reader';
import { openBundle } from './open_bundle';

/**
 * Opens a TensorFlow checkpoint: what `model.save_weights(path)` and `tf.train.Checkpoint` of TensorFlow 2 write, and
 * `tf.train.Saver` of TensorFlow 1, where tensors go by the names of variables.
 *
 * @param indexName of the file that ends in `.index`; the data files lie beside it.
 * @param config of the model: see `bundleReader`.
 * @throws {CheckpointError} when a file is missing or damaged.
 */
export function openTf2(source: FileSource, indexName: string, config: DebertaV2Config): Promise<CheckpointReader> {
  return openBundle(source, indexName, 'tf2', config);
}
