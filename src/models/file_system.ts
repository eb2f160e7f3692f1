import * as tf from '@tensorflow/tfjs';
import { readTfjsModelJson } from '../convert/tfjs/tfjs_model_json';
import { CheckpointError } from '../errors';
import { writeFilesAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import { localFolder } from '../sources/local_folder';
import { readBytes, readJson } from '../sources/read_json';
import { shardName } from '../sources/shard_name';

const MODEL_FILE = 'model.json';

/**
 * A folder as a place to save tfjs models to and load them from, without tfjs-node.
 *
 * @param folder holds `model.json` and its weight files.
 * @throws {CheckpointError} on loading what is not a tfjs model; {@link OutputError} on saving where nothing can be
 *   written; {@link UsageError} outside of Node.js.
 *
 * @example
 * await model.save(fileSystem('my-model'));
 * const same = await tf.loadLayersModel(fileSystem('my-model'));
 */
export function fileSystem(folder: string): tf.io.IOHandler {
  return { load: () => load(folder), save: (artifacts) => save(folder, artifacts) };
}

async function load(folder: string): Promise<tf.io.ModelArtifacts> {
  const source = localFolder(folder);
  const path = source.pathOf(MODEL_FILE);
  const { weightsManifest } = await readTfjsModelJson(source, MODEL_FILE);
  const json = (await readJson(source, MODEL_FILE, CheckpointError)) as tf.io.ModelJSON;
  return tf.io.getModelArtifactsForJSON(json, async () => {
    const shards = await Promise.all(
      weightsManifest.flatMap(({ paths }) => paths).map((shard) => readBytes(source, shardName(path, shard))),
    );
    const weightSpecs = json.weightsManifest.flatMap(({ weights }) => weights);
    return [weightSpecs, shards.map(({ buffer }) => buffer)];
  });
}

async function save(folder: string, artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  const { join } = nodeBuiltin('node:path');
  const { writeFile } = nodeBuiltin('node:fs/promises');
  const { weightData = [], weightSpecs = [], ...json } = artifacts;
  const buffers = Array.isArray(weightData) ? weightData : [weightData];
  const paths = buffers.map((_, index) => `group1-shard${index + 1}of${buffers.length}.bin`);
  await writeFilesAtomically(folder, async (staging) => {
    for (const [index, buffer] of buffers.entries())
      await writeFile(join(staging, paths[index]!), new Uint8Array(buffer));
    const weightsManifest = [{ paths, weights: weightSpecs }];
    await writeFile(join(staging, MODEL_FILE), JSON.stringify({ ...json, weightsManifest }));
  });
  return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
}
