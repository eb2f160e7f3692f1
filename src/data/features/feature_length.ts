import type { PreTrainedTokenizer } from '../../tokenization/pretrained_tokenizer';
import { requireInteger } from '../require_integer';

/** Length that DeBERTa was pre-trained with, in tokens. */
const PRETRAINED_LENGTH = 512;

/**
 * How long features may be.
 *
 * Checkpoints of DeBERTa-v3 name no longest length, so that without a default a single long text would decide how much
 * memory a step takes.
 *
 * @param wanted in tokens, special tokens included; by default 512, or less where the tokenizer says so.
 * @param least what the caller needs at least.
 * @throws {InputError} for a length that is not an integer or too small.
 */
export function featureLength(
  { modelMaxLength }: Pick<PreTrainedTokenizer, 'modelMaxLength'>,
  wanted: number | undefined,
  least: number,
): number {
  const length = wanted ?? Math.min(modelMaxLength, PRETRAINED_LENGTH);
  requireInteger('maxLength', length, least);
  return length;
}
