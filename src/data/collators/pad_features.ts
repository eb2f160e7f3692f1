import { InputError } from '../../errors';
import type { Batch, BatchArray } from '../batch';
import type { EncodedText } from '../features/encoded_text';
import type { PaddingOptions } from './padding_options';

/** Features of one length, and what their labels need to be padded alike. */
export interface PaddedFeatures extends Pick<Batch, 'xs' | 'tokens'> {
  /** The common length `S`. */
  readonly length: number;
  /** How many tokens of padding stand before each feature. */
  readonly lefts: readonly number[];
}

/**
 * Pads features: `input_ids`, `token_type_ids` and `attention_mask`, `[B, S]` each.
 *
 * @throws {InputError} when a feature is longer than `maxLength`, or that is missing with `padding: 'max_length'`.
 * @throws {TokenizerError} when there is no feature, and for options that are not allowed.
 */
export function padFeatures(
  features: readonly EncodedText[],
  { tokenizer, padding = 'longest', maxLength, padToMultipleOf }: PaddingOptions,
): PaddedFeatures {
  const isFixed = padding === 'max_length';
  const lengths = features.map(({ input_ids }) => input_ids.length);
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (isFixed && (maxLength === undefined || longest > maxLength)) {
    throw new InputError(
      `With padding: 'max_length', maxLength must be at least the length of every feature, received ${maxLength} and a feature of ${longest} tokens; raise it or truncate where features are made.`,
      { path: 'maxLength', expected: longest, received: maxLength },
    );
  }
  const padded = tokenizer.pad(
    features.map(({ input_ids, token_type_ids }) => ({
      input_ids: [...input_ids],
      token_type_ids: token_type_ids === undefined ? input_ids.map(() => 0) : [...token_type_ids],
    })),
    {
      padding,
      ...(isFixed && { maxLength: maxLength! }),
      ...(padToMultipleOf !== undefined && { padToMultipleOf }),
    },
  );
  const { input_ids, token_type_ids, attention_mask } = padded;
  const length = input_ids[0]!.length;
  return {
    xs: {
      input_ids: integerRows(input_ids),
      attention_mask: integerRows(attention_mask!),
      token_type_ids: integerRows(token_type_ids!),
    },
    length,
    lefts: lengths.map((each) => (tokenizer.paddingSide === 'left' ? length - each : 0)),
    tokens: lengths.reduce((sum, each) => sum + each, 0),
  };
}

function integerRows(rows: readonly (readonly number[])[]): BatchArray {
  return { values: Int32Array.from(rows.flat()), shape: [rows.length, rows[0]!.length] };
}
