import { toModelName } from '../../config/architecture';
import { nodeBuiltin } from '../../files/node_builtins';
import type { BundleTensor } from '../../tensor_bundle/bundle_tensor';
import { encodeObjectGraph } from '../../tensor_bundle/encode_object_graph';
import { OBJECT_GRAPH_KEY, VARIABLE_VALUE } from '../../tensor_bundle/variable_names';
import { writeTensorBundle } from '../../tensor_bundle/write_tensor_bundle';
import { planShards } from '../shard_plan';
import type { WriteJob } from '../write_job';
import { objectGraphKey } from './object_graph_key';

/** Name of the checkpoint's files up to their endings. */
const PREFIX = 'tf_model';

/**
 * Writes a TF2 checkpoint as `model.save_weights('tf_model')` of Hugging Face's TensorFlow classes does:
 * `tf_model.index`, its data files, and `checkpoint`, by which TensorFlow finds the newest in a folder.
 *
 * In Python, `model.load_weights('folder/tf_model')` restores it once the model is built.
 *
 * @throws {OutputError} when the disk is full.
 */
export async function writeTf2({ folder, config, architecture, maxShardSize, specs, read }: WriteJob): Promise<void> {
  const { join } = nodeBuiltin('node:path');
  const wayOf = (tfName: string) => objectGraphKey(tfName, config);
  const modelName = toModelName(architecture);
  const graph = encodeObjectGraph(specs.map(({ tfName }) => ({ way: wayOf(tfName), name: `${modelName}/${tfName}` })));
  const description: BundleTensor = { name: OBJECT_GRAPH_KEY, text: graph };
  const shards = planShards(specs, `${PREFIX}.data`, maxShardSize).map((shard) =>
    shard.specs.map(
      (spec): BundleTensor => ({
        name: `${wayOf(spec.tfName)}${VARIABLE_VALUE}`,
        shape: spec.shape,
        pieces: () => read(spec),
      }),
    ),
  );
  // Where sizes are bounded, the description goes into a file of its own.
  const files = shards.length === 1 ? [[description, ...shards[0]!]] : [[description], ...shards];
  await writeTensorBundle(join(folder, PREFIX), files);
  const state = `model_checkpoint_path: "${PREFIX}"\nall_model_checkpoint_paths: "${PREFIX}"\n`;
  await nodeBuiltin('node:fs/promises').writeFile(join(folder, 'checkpoint'), state);
}
