import type { Architecture } from '../config/architecture';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { writeFilesAtomically } from '../files/atomic_write';
import type { SavePretrainedOptions } from './model_options';
import { type ReadableWeight, writePretrained } from './write_pretrained';

/** Writes configuration and weights into a folder; see `TFDebertaV2PreTrainedModel.savePretrained`. */
export function savePretrained(
  folder: string,
  architecture: Architecture,
  config: DebertaV2Config,
  weights: readonly ReadableWeight[],
  options: SavePretrainedOptions,
): Promise<void> {
  return writeFilesAtomically(folder, (staging) => writePretrained(staging, architecture, config, weights, options));
}
