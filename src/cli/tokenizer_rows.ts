import type { DebertaV2TokenizerFast } from '../tokenization/deberta_v2_tokenizer_fast';
import type { Offsets } from '../tokenization/encoding/encoding';
import type { Example } from './predictors/predictor';

/** How texts are encoded. */
export interface RowOptions {
  readonly specialTokens: boolean;
  /** Longest row in tokens; undefined cuts nothing. */
  readonly maxLength: number | undefined;
  /** Tokens that a row repeats of the one before; undefined leaves out what is cut off. */
  readonly stride: number | undefined;
}

/** Tokens of an example, or of a part of it. */
export interface TokenRow {
  readonly tokens: readonly string[];
  readonly input_ids: readonly number[];
  /** UTF-16 positions in the text that the token belongs to; `[0, 0]` for special tokens. */
  readonly offset_mapping: readonly Offsets[];
  /** 0 for a token of the text, 1 for one of the second text, null for a special token. */
  readonly sequence_ids: readonly (number | null)[];
}

/** Encodes one text or pair; several rows when it is longer than allowed and `stride` is given. */
export function tokenRows(
  tokenizer: DebertaV2TokenizerFast,
  { text, textPair }: Example,
  { specialTokens, maxLength, stride }: RowOptions,
): TokenRow[] {
  const encoded = tokenizer.call([text], {
    ...(textPair !== undefined && { textPair: [textPair] }),
    addSpecialTokens: specialTokens,
    ...(maxLength !== undefined && { truncation: true, maxLength }),
    ...(stride !== undefined && { stride }),
    returnOverflowingTokens: stride !== undefined,
    returnOffsetsMapping: true,
  });
  return encoded.input_ids.map((ids, row) => ({
    tokens: encoded.tokens(row),
    input_ids: ids,
    offset_mapping: encoded.offset_mapping![row]!,
    sequence_ids: encoded.sequenceIds(row),
  }));
}
