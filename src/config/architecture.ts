import { ConfigError } from '../errors';
import type { DebertaV2Config, DebertaV2ConfigJson } from './deberta_v2_config';

/** The model classes: the bare encoder and its heads, five by Hugging Face's names and the original's own. */
export const ARCHITECTURES = [
  'TFDebertaV2Model',
  'TFDebertaV2ForMaskedLM',
  'TFDebertaV2ForSequenceClassification',
  'TFDebertaV2ForTokenClassification',
  'TFDebertaV2ForQuestionAnswering',
  'TFDebertaV2ForMultipleChoice',
  'TFDebertaV2ForReplacedTokenDetection',
] as const;

/** One of {@link ARCHITECTURES}. */
export type Architecture = (typeof ARCHITECTURES)[number];

/**
 * The architecture a configuration names in `architectures`, as TF (`TFDebertaV2For…`) or PyTorch spells it.
 *
 * @returns undefined when none is named.
 * @throws {ConfigError} when the name is none of ours.
 */
export function architectureOf(json: DebertaV2ConfigJson): Architecture | undefined {
  const named = Array.isArray(json.architectures) ? json.architectures[0] : undefined;
  if (named === undefined) return undefined;
  const found = ARCHITECTURES.find((architecture) => architecture === named || architecture === `TF${named}`);
  if (found === undefined) {
    throw new ConfigError(
      `Configuration field architectures must name one of ${ARCHITECTURES.join(', ')}, received ${JSON.stringify(named)}.`,
      {
        path: 'architectures',
        expected: ARCHITECTURES,
        received: named,
      },
    );
  }
  return found;
}

/**
 * `modelTopology` of a saved tfjs model.
 *
 * The configuration travels as one JSON string without a plain underscore: on loading, tfjs turns `snake_case`
 * into `camelCase` in every key and string it meets, names of labels included.
 */
export function modelTopology(architecture: Architecture, config: DebertaV2Config): ModelTopology {
  const json = JSON.stringify(config).replaceAll('_', '\\u005f');
  return { class_name: architecture, config: { name: toModelName(architecture), config: json } };
}

/** See {@link modelTopology}. */
export interface ModelTopology {
  readonly class_name: Architecture;
  readonly config: { readonly name: string; readonly config: string };
}

/** `TFDebertaV2ForMaskedLM` → `tf_deberta_v2_for_masked_lm`, the first segment of TF weight names. */
export function toModelName(architecture: Architecture): string {
  return architecture
    .replace('TFDebertaV2', 'tf_deberta_v2')
    .replace('LM', 'Lm')
    .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
