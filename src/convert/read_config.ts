import { z } from 'zod';
import { DebertaV2Config } from '../config/deberta_v2_config';
import { CheckpointError, ConfigError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { asCheckpointError } from './random_access_file';
import { readJson } from './read_json';
import { readTfjsModelJson } from './tfjs_model_json';

const CONFIG_FILES = ['config.json', 'model_config.json'];

const topologySchema = z.object({ class_name: z.string(), config: z.object({ config: z.string() }) });

/**
 * The configuration beside a weights file: `config.json`, the original's `model_config.json`, or the one inside a
 * tfjs `model.json`.
 *
 * @throws {CheckpointError} when there is none.
 * @throws {ConfigError} when it is not JSON or not valid.
 */
export async function readConfig(folder: string, weights: string): Promise<DebertaV2Config> {
  const { join } = nodeBuiltin('node:path');
  const present = new Set(await asCheckpointError(folder, () => nodeBuiltin('node:fs/promises').readdir(folder)));
  const name = CONFIG_FILES.find((file) => present.has(file));
  if (name !== undefined) return DebertaV2Config.fromJSON(await readJson(join(folder, name), ConfigError));
  // A model saved by tfjs alone has no other file than model.json and its shards.
  const embedded =
    weights.endsWith('.json') && !weights.endsWith('.index.json') ? await readTopologyConfig(weights) : undefined;
  if (embedded !== undefined) return embedded;
  throw new CheckpointError(
    `${folder} must hold config.json beside the weights and does not; copy it there or pass a config.`,
    { path: folder, expected: CONFIG_FILES },
  );
}

/** The configuration that `modelTopology` of a tfjs model carries as a string. */
async function readTopologyConfig(path: string): Promise<DebertaV2Config | undefined> {
  const { modelTopology } = await readTfjsModelJson(path);
  const result = topologySchema.safeParse(modelTopology);
  if (!result.success) return undefined;
  const { class_name: className, config } = result.data;
  let json: unknown;
  try {
    json = JSON.parse(config.config);
  } catch (cause) {
    throw new ConfigError(`The configuration in ${path} must be JSON and is not; save the model again.`, {
      path,
      cause,
    });
  }
  return DebertaV2Config.fromJSON({ architectures: [className], ...(json as object) });
}
