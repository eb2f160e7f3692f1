import { basename, dirname } from 'node:path';
import { DebertaV2Config } from '../config/deberta_v2_config';
import { originalConfig } from '../config/original_config';
import { ConfigError } from '../errors';
import { localFolder } from '../sources/local_folder';
import { readJson } from '../sources/read_json';

/**
 * A configuration from a file that the user names: `config.json`, or one of microsoft/DeBERTa, of which the
 * discriminator's section is taken.
 *
 * @throws {CheckpointError} when it cannot be read; {@link ConfigError} when it is not JSON or not valid.
 */
export async function readConfigFile(path: string): Promise<DebertaV2Config> {
  const json = await readJson(localFolder(dirname(path)), basename(path), ConfigError);
  return DebertaV2Config.fromJSON(originalConfig(json, 'discriminator'));
}
