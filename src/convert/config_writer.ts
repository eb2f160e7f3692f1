import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { nodeBuiltin } from '../files/node_builtins';

/** Fields by which Hugging Face remembers the number type of the weights. */
const DTYPE_FIELDS = ['torch_dtype', 'dtype'];

/** Writes `config.json` as Hugging Face does, for weights stored as float32. */
export async function writeConfig(folder: string, config: DebertaV2Config, architecture: Architecture): Promise<void> {
  const json = { ...config.toJSON(), architectures: [architecture.replace(/^TF/, '')] };
  for (const field of DTYPE_FIELDS) {
    if (field in json) Object.assign(json, { [field]: 'float32' });
  }
  const path = nodeBuiltin('node:path').join(folder, 'config.json');
  await nodeBuiltin('node:fs/promises').writeFile(path, `${JSON.stringify(json, null, 2)}\n`);
}
