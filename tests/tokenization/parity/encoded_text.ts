import type { DebertaV2TokenizerFast } from '../../../src/tokenization/deberta_v2_tokenizer_fast';

/** A text's tokens without special ones; positions count UTF-16 code units. */
export interface EncodedText {
  ids: number[];
  tokens: string[];
  offsets: [start: number, end: number][];
  words: (number | null)[];
}

/** What a tokenizer makes of a text. */
export function encodeText(tokenizer: DebertaV2TokenizerFast, text: string): EncodedText {
  const encoding = tokenizer.call(text, { addSpecialTokens: false, returnOffsetsMapping: true });
  return {
    ids: encoding.input_ids,
    tokens: encoding.tokens(),
    offsets: encoding.offset_mapping!,
    words: encoding.wordIds(),
  };
}
