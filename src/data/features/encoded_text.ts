import type { Encoding } from '../../tokenization/encoding/encoding';
import type { Feature } from '../collator';

/** A text or a pair of texts as numbers, special tokens included, not padded. */
export interface EncodedText extends Feature {
  /** 0 for the first text of a pair and its special tokens, 1 for the second; 0 for all by default. */
  readonly token_type_ids?: readonly number[];
}

/** What a feature keeps of a tokenizer's result: the mask of a text without padding says nothing. */
export function toEncodedText({ input_ids, token_type_ids }: Encoding): EncodedText {
  return { input_ids, ...(token_type_ids && { token_type_ids }) };
}
