import type { Collator } from '../collator';
import type { EncodedText } from '../features/encoded_text';
import { type MaskedLMCollatorOptions, maskedLMCollator } from './masked_lm_collator';

/** Options of {@link replacedTokenCollator}: those of {@link maskedLMCollator} that are left to choose. */
export type ReplacedTokenCollatorOptions = Omit<
  MaskedLMCollatorOptions,
  'maskProbability' | 'randomProbability' | 'spread'
>;

/**
 * Batches of replaced token detection: inputs and labels `[B, S]` for the generator, every chosen token a `[MASK]`, the
 * chosen ones spread over the row. What the generator puts in their places is for the step to draw.
 *
 * Mirrors the data of `RTDTask` of microsoft/DeBERTa, which masks 15 % of the tokens, one at a time.
 *
 * @throws {InputError} as {@link maskedLMCollator}.
 *
 * @example
 * const collate = replacedTokenCollator({ tokenizer });
 * const { xs, ys } = collate(features, deriveSeed(seed, epoch, batchNumber));
 */
export function replacedTokenCollator(options: ReplacedTokenCollatorOptions): Collator<EncodedText> {
  return maskedLMCollator({ ...options, maskProbability: 1, randomProbability: 0, spread: true });
}
