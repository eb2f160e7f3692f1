import type { Encoding, Offsets } from './encoding';
import type { Side } from './truncate_sequences';

/** How far rows are padded. */
export type PaddingStrategy = 'longest' | 'max_length' | 'do_not_pad';

/** What {@link padEncoding} and {@link padEncodings} have to know. */
export interface PaddingSettings {
  readonly strategy: PaddingStrategy;
  /** Length of a padded row with `max_length`; longer rows stay as they are. */
  readonly maxLength: number | undefined;
  /** Padded lengths are rounded up to a multiple of this. */
  readonly padToMultipleOf: number | undefined;
  readonly side: Side;
  /** Whether an attention mask is made where there is none, and padded. */
  readonly attentionMask: boolean;
  readonly padTokenId: number;
  readonly padTokenTypeId: number;
}

/**
 * Pads one encoding (`PreTrainedTokenizerBase._pad` of the reference).
 *
 * Ids, token types, attention mask, special-token mask and offsets (which the reference leaves alone) are padded; other
 * keys are passed on as they are.
 */
export function padEncoding(encoding: Encoding, settings: PaddingSettings): Encoding {
  const { strategy, side, attentionMask, padTokenId, padTokenTypeId } = settings;
  const padded: Encoding = { ...encoding };
  const length = encoding.input_ids.length;
  if (attentionMask) padded.attention_mask ??= new Array(length).fill(1);
  if (strategy === 'do_not_pad') return padded;

  const missing = paddedLength(length, settings) - length;
  if (missing <= 0) return padded;
  const extend = (values: readonly number[], filler: number) => {
    const padding = new Array<number>(missing).fill(filler);
    return side === 'right' ? [...values, ...padding] : [...padding, ...values];
  };
  padded.input_ids = extend(encoding.input_ids, padTokenId);
  if (attentionMask) padded.attention_mask = extend(padded.attention_mask!, 0);
  if (encoding.token_type_ids) padded.token_type_ids = extend(encoding.token_type_ids, padTokenTypeId);
  if (encoding.special_tokens_mask) padded.special_tokens_mask = extend(encoding.special_tokens_mask, 1);
  if (encoding.offset_mapping) {
    const nowhere = Array.from({ length: missing }, (): Offsets => [0, 0]);
    padded.offset_mapping =
      side === 'right' ? [...encoding.offset_mapping, ...nowhere] : [...nowhere, ...encoding.offset_mapping];
  }
  return padded;
}

/** Pads one encoding that is no row of a batch; the reference's slow class leaves an empty one as it is. */
export function padSingle(encoding: Encoding, settings: PaddingSettings): Encoding {
  const isEmpty = encoding.input_ids.length === 0;
  return padEncoding(encoding, isEmpty ? { ...settings, strategy: 'do_not_pad' } : settings);
}

/**
 * Pads the encodings of a batch; `longest` means the longest of them (`PreTrainedTokenizerBase.pad` of the reference).
 */
export function padEncodings(encodings: readonly Encoding[], settings: PaddingSettings): Encoding[] {
  const longest = encodings.reduce((length, { input_ids }) => Math.max(length, input_ids.length), 0);
  const rowSettings: PaddingSettings =
    settings.strategy === 'longest' ? { ...settings, strategy: 'max_length', maxLength: longest } : settings;
  return encodings.map((encoding) => padEncoding(encoding, rowSettings));
}

function paddedLength(length: number, { strategy, maxLength, padToMultipleOf }: PaddingSettings): number {
  const target = strategy === 'longest' || maxLength === undefined ? length : maxLength;
  return padToMultipleOf === undefined ? target : Math.ceil(target / padToMultipleOf) * padToMultipleOf;
}
