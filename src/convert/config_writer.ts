import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { nodeBuiltin } from '../files/node_builtins';
import type { StorageType } from './storage_type';

/** Fields by which Hugging Face remembers the number type of the weights. */
const DTYPE_FIELDS = ['torch_dtype', 'dtype'];

/**
 * Writes `config.json` as Hugging Face does.
 *
 * @param dtype number type of the weights, for those who would load them in it.
 */
export async function writeConfig(
  folder: string,
  config: DebertaV2Config,
  architecture: Architecture,
  dtype: StorageType,
): Promise<void> {
  const json = { ...config.toJSON(), architectures: [architecture.replace(/^TF/, '')] };
  const present = DTYPE_FIELDS.filter((field) => field in json);
  const fields = present.length === 0 && dtype !== 'float32' ? DTYPE_FIELDS.slice(0, 1) : present;
  for (const field of fields) Object.assign(json, { [field]: dtype });
  const path = nodeBuiltin('node:path').join(folder, 'config.json');
  await nodeBuiltin('node:fs/promises').writeFile(path, `${JSON.stringify(json, null, 2)}\n`);
}
