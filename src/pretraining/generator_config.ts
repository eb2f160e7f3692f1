import type { DebertaV2Config } from '../config/deberta_v2_config';
import { withMaskedLmHead } from '../config/masked_lm_head_name';
import { requireInteger } from '../data/require_integer';

/**
 * The configuration of a generator for a discriminator: as large, but for its layers, with the head `lm_predictions` and,
 * where positions are not part of the input, the enhanced mask decoder.
 *
 * @param layers half the discriminator's by default, as in Microsoft's v3 files, and at least the 2 that the decoder needs.
 * @throws {InputError} for a number of layers that is none; {@link ConfigError} for one that the decoder cannot have.
 *
 * @example
 * generatorConfig(config).numHiddenLayers; // 6 for a discriminator of 12
 */
export function generatorConfig(
  config: DebertaV2Config,
  layers: number = Math.max(2, Math.ceil(config.numHiddenLayers / 2)),
): DebertaV2Config {
  requireInteger('layers', layers, 1);
  const { positionBiasedInput, embeddingSize, hiddenSize } = config;
  const isDecoded = !positionBiasedInput && embeddingSize === hiddenSize;
  return withMaskedLmHead(
    config.with({ numHiddenLayers: layers }),
    isDecoded ? 'enhanced_mask_decoder' : 'lm_predictions',
  );
}
