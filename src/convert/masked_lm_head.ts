import type { DebertaV2Config } from '../config/deberta_v2_config';
import type { TensorInfo } from './checkpoint_reader';
import { canonicalName } from './weight_names';

/**
 * Chooses the masked-LM head by what a file holds: `cls.predictions` (Hugging Face) or `lm_predictions` (original).
 *
 * The configuration's `legacy` is no guide: published checkpoints leave it at its default and hold either.
 *
 * @returns the configuration with a fitting `legacy`; unchanged when the file holds neither head.
 */
export function resolveMaskedLmHead(
  config: DebertaV2Config,
  tensors: ReadonlyMap<string, TensorInfo>,
): DebertaV2Config {
  const names = Array.from(tensors, ([name, { knownAs = name }]) => canonicalName(knownAs));
  const holds = (head: string) => names.some((name) => name.startsWith(head));
  if (!holds('cls.predictions.') && !holds('lm_predictions.')) return config;
  const legacy = holds('cls.predictions.');
  return legacy === config.legacy ? config : config.with({ legacy });
}
