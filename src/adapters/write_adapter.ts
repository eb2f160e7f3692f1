import type { Architecture } from '../config/architecture';
import { writeSafetensorsFile } from '../convert/safetensors/safetensors_writer';
import { nodeBuiltin } from '../files/node_builtins';
import { ADAPTER_CONFIG_FILE, formatAdapterConfig } from './adapter_config';
import type { LoraAdapter } from './lora_adapter';
import { ADAPTER_FILES } from './read_adapter';

/** Options of `saveAdapter`. */
export interface SaveAdapterOptions {
  /**
   * Where Python finds the base model, such as `microsoft/deberta-v3-small`, for those who load the adapter by itself;
   * by default what the file that the adapter came from says.
   */
  readonly baseModel?: string;
}

/**
 * Writes an adapter into an existing folder; wrap it in one of the functions of `atomic_write.ts`.
 *
 * @throws {UsageError} when more of the model is trained than the adapter.
 */
export async function writeAdapter(
  folder: string,
  adapter: LoraAdapter,
  architecture: Architecture,
  { baseModel }: SaveAdapterOptions = {},
): Promise<void> {
  adapter.requireNothingElseTrained();
  const { join } = nodeBuiltin('node:path');
  await writeSafetensorsFile(join(folder, ADAPTER_FILES[0]), adapter.tensors, {
    nameOf: ({ name }) => name,
    dtype: 'float32',
    read: async function* (spec) {
      yield await adapter.read(spec);
    },
  });
  const description = formatAdapterConfig(adapter.config, architecture, baseModel);
  await nodeBuiltin('node:fs/promises').writeFile(join(folder, ADAPTER_CONFIG_FILE), description);
}
