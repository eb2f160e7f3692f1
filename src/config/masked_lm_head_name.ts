import type { Architecture } from './architecture';
import type { DebertaV2Config } from './deberta_v2_config';

/** The masked-LM heads there are, by what tells them apart. */
export const MASKED_LM_HEADS = ['cls', 'lm_predictions', 'enhanced_mask_decoder'] as const;

/**
 * One of {@link MASKED_LM_HEADS}: `cls`, Hugging Face's (`cls.predictions`), on the last layer; `lm_predictions`, the
 * original's, on the last layer; `enhanced_mask_decoder`, the same behind the enhanced mask decoder, as the original
 * trains it.
 */
export type MaskedLmHeadName = (typeof MASKED_LM_HEADS)[number];

/** The head that a configuration describes. */
export function maskedLmHeadName({
  legacy,
  enhancedMaskDecoder,
}: Pick<DebertaV2Config, 'legacy' | 'enhancedMaskDecoder'>): MaskedLmHeadName {
  if (enhancedMaskDecoder) return 'enhanced_mask_decoder';
  return legacy ? 'cls' : 'lm_predictions';
}

/** Whether a model decodes with the enhanced mask decoder: only a masked-LM model does, whatever a configuration says. */
export function hasMaskDecoder(
  architecture: Architecture,
  { enhancedMaskDecoder }: Pick<DebertaV2Config, 'enhancedMaskDecoder'>,
): boolean {
  return architecture === 'TFDebertaV2ForMaskedLM' && enhancedMaskDecoder;
}

/**
 * The same configuration with another masked-LM head.
 *
 * @throws {ConfigError} when the model cannot have it.
 */
export function withMaskedLmHead(config: DebertaV2Config, head: MaskedLmHeadName): DebertaV2Config {
  if (maskedLmHeadName(config) === head) return config;
  return config.with({ legacy: head === 'cls', enhancedMaskDecoder: head === 'enhanced_mask_decoder' });
}
