import { DebertaV2Config } from '../config/deberta_v2_config';
import { type OriginalRole, originalConfig } from '../config/original_config';
import { CheckpointError, ConfigError } from '../errors';
import { type FileSource, firstPresent } from '../sources/file_source';
import { readJson } from '../sources/read_json';
import type { CheckpointReader } from './checkpoint_reader';

const CONFIG_FILES = ['config.json', 'model_config.json'];
const GENERATOR_CONFIG_FILE = 'generator_config.json';

/**
 * The configuration beside a weights file: `config.json`, or the original's `model_config.json`; for the file of a
 * generator `generator_config.json` before these.
 *
 * @param weights name of the weights file.
 * @returns undefined when there is none.
 * @throws {ConfigError} when it is not JSON or not valid.
 */
export async function readConfig(source: FileSource, weights: string): Promise<DebertaV2Config | undefined> {
  const role = roleOf(weights);
  const files = role === 'generator' ? [GENERATOR_CONFIG_FILE, ...CONFIG_FILES] : CONFIG_FILES;
  const name = await firstPresent(source, files);
  if (name === undefined) return undefined;
  return DebertaV2Config.fromJSON(originalConfig(await readJson(source, name, ConfigError), role));
}

/**
 * The configuration that a weights file carries itself.
 *
 * @throws {CheckpointError} when it carries none; {@link ConfigError} when it is not valid.
 */
export function configInside(
  source: FileSource,
  weights: string,
  { embeddedConfig }: CheckpointReader,
): DebertaV2Config {
  if (embeddedConfig === undefined) throw missingConfig(source);
  return DebertaV2Config.fromJSON(originalConfig(embeddedConfig, roleOf(weights)));
}

/** What to say when weights come without a configuration. */
export function missingConfig({ location }: FileSource): CheckpointError {
  return new CheckpointError(
    `${location} must hold config.json beside the weights and does not; copy it there or pass a config.`,
    { path: location, expected: CONFIG_FILES },
  );
}

/** Microsoft publishes the generator of a model as `pytorch_model.generator.bin`. */
function roleOf(weights: string): OriginalRole {
  return /generator/.test(weights) ? 'generator' : 'discriminator';
}
