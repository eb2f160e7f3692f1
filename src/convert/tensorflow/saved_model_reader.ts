import type { DebertaV2Config } from '../../config/deberta_v2_config';
import type { FileSource } from '../../sources/file_source';
import { VARIABLE_VALUE } from '../../tensor_bundle/variable_names';
import type { CheckpointReader } from '../checkpoint_reader';
import { openBundle } from './open_bundle';
import { readSavedObjects } from './saved_objects';

/**
 * Opens the weights of a SavedModel: `tf.saved_model.save`, `save_pretrained(saved_model=True)`, and this package's own
 * `model.exportSavedModel`.
 *
 * The graph is not looked at. Where the variables' names are not beside the variables, they are in `saved_model.pb`.
 *
 * @param source the folder with `saved_model.pb` and `variables/`.
 * @param config of the model, which no SavedModel holds.
 * @throws {CheckpointError} when a file is missing or damaged.
 */
export function openSavedModel(source: FileSource, config: DebertaV2Config): Promise<CheckpointReader> {
  return openBundle(source, 'variables/variables.index', 'savedmodel', config, async (keys) => {
    // Otherwise the keys are names.
    const ways = keys.filter((key) => key.endsWith(VARIABLE_VALUE));
    return ways.length === 0 ? new Map() : readSavedObjects(source, ways);
  });
}
