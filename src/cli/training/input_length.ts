import type { DebertaV2Config } from '../../config/deberta_v2_config';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';

/**
 * The longest input in tokens: as the user says, else what is usual for a task, if model and tokenizer were made for as
 * much.
 */
export function inputLength(
  given: number | undefined,
  usual: number,
  { maxPositionEmbeddings }: DebertaV2Config,
  { modelMaxLength }: DebertaV2TokenizerFast,
): number {
  return given ?? Math.min(usual, maxPositionEmbeddings, modelMaxLength);
}
