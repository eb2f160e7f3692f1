import { TokenizerError } from '../../errors';
import type { PaddingStrategy } from './pad_encodings';
import type { Side, TruncationStrategy } from './truncate_sequences';

/** Options of a tokenizer's `pad`. */
export interface PadOptions {
  /** `true` or `'longest'` (default), `'max_length'`, or `false` or `'do_not_pad'`. */
  padding?: boolean | PaddingStrategy;
  /** Length to pad to with `'max_length'`; the tokenizer's `modelMaxLength` by default. */
  maxLength?: number;
  /** Rounds padded lengths up to a multiple of this, as tensor cores like it. */
  padToMultipleOf?: number;
  /** Where padding goes; the tokenizer's `paddingSide` by default. */
  paddingSide?: Side;
  /** Whether an attention mask is made and padded, true by default. */
  returnAttentionMask?: boolean;
  /** `'tf'` for int32 tensors instead of lists. */
  returnTensors?: 'tf';
}

/** Options of a tokenizer's `call`; what is left out behaves as in Hugging Face. */
export interface CallOptions extends Omit<PadOptions, 'padding'> {
  /** The second sequence of each pair, in the same form as the first: `[CLS] text [SEP] textPair [SEP]`. */
  textPair?: string | readonly string[] | readonly (readonly string[])[];
  /** Whether `[CLS]` and `[SEP]` are added, true by default. */
  addSpecialTokens?: boolean;
  /** `false` (default), `true` or `'longest'` for the longest of the batch, `'max_length'`. */
  padding?: boolean | PaddingStrategy;
  /**
   * `true` or `'longest_first'`, `'only_first'`, `'only_second'`, or `false`. When it is left out, giving `maxLength`
   * without padding truncates too, with a warning.
   */
  truncation?: boolean | TruncationStrategy;
  /** Longest result in tokens, special tokens included; the tokenizer's `modelMaxLength` by default. */
  maxLength?: number;
  /** How many tokens of one window the next one repeats (slow: `overflowing_tokens` begins with), 0 by default. */
  stride?: number;
  /** Whether a list of strings is one text given as words, false by default. */
  isSplitIntoWords?: boolean;
  /** Whether `token_type_ids` are returned, true by default. */
  returnTokenTypeIds?: boolean;
  /** Whether `attention_mask` is returned, true by default. */
  returnAttentionMask?: boolean;
  /**
   * Whether what truncation cuts off is returned, false by default: in further rows, with `overflow_to_sample_mapping`,
   * by the fast tokenizer; as `overflowing_tokens` and `num_truncated_tokens` by the slow one.
   */
  returnOverflowingTokens?: boolean;
  /** Whether `special_tokens_mask` is returned, false by default. */
  returnSpecialTokensMask?: boolean;
  /** Whether `offset_mapping` is returned, false by default; the slow tokenizer keeps no offsets and refuses `true`. */
  returnOffsetsMapping?: boolean;
  /** Whether `length` is returned, false by default. */
  returnLength?: boolean;
}

/** Padding and truncation with all defaults and conflicts settled. */
export interface ResolvedStrategies {
  readonly padding: PaddingStrategy;
  readonly truncation: TruncationStrategy;
  readonly maxLength: number | undefined;
}

/** A `modelMaxLength` above this means that there is no maximum. */
const LARGEST_REAL_MAXIMUM = 1e20;

const PADDINGS = ['longest', 'max_length', 'do_not_pad'] as const;
const TRUNCATIONS = ['longest_first', 'only_first', 'only_second', 'do_not_truncate'] as const;

/**
 * Settles padding and truncation (`PreTrainedTokenizerBase._get_padding_truncation_strategies` of the reference).
 *
 * @param warn called with each warning of the reference that applies.
 * @throws {TokenizerError} for a value that is not allowed, and for a truncation length that is no multiple of
 *   `padToMultipleOf`.
 */
export function resolveStrategies(
  options: Pick<CallOptions, 'padding' | 'truncation' | 'maxLength' | 'padToMultipleOf'>,
  modelMaxLength: number,
  warn: (message: string) => void,
): ResolvedStrategies {
  const { padToMultipleOf } = options;
  requireInteger('maxLength', options.maxLength, 0);
  requireInteger('padToMultipleOf', padToMultipleOf, 1);
  let padding = paddingOf(options.padding);
  let truncation = truncationOf(options.truncation);
  let maxLength = options.maxLength;
  if (maxLength !== undefined && !options.padding && options.truncation === undefined) {
    warn(
      'maxLength was given without truncation, so longest_first truncation is used; say truncation: true to mean it, or truncation: false for none.',
    );
    truncation = 'longest_first';
  }
  if (maxLength !== undefined && options.padding === true && truncation === 'do_not_truncate') {
    warn("maxLength is ignored with padding: true and no truncation; say padding: 'max_length' to pad up to it.");
  }
  if (maxLength === undefined && modelMaxLength <= LARGEST_REAL_MAXIMUM) {
    if (padding === 'max_length' || truncation !== 'do_not_truncate') maxLength = modelMaxLength;
  } else if (maxLength === undefined) {
    if (padding === 'max_length') {
      warn("padding: 'max_length' needs maxLength, since the tokenizer has no modelMaxLength; nothing is padded.");
      padding = 'do_not_pad';
    }
    if (truncation !== 'do_not_truncate') {
      warn('truncation needs maxLength, since the tokenizer has no modelMaxLength; nothing is truncated.');
      truncation = 'do_not_truncate';
    }
  }
  const roundsTruncated = truncation !== 'do_not_truncate' && padding !== 'do_not_pad';
  if (
    roundsTruncated &&
    padToMultipleOf !== undefined &&
    maxLength !== undefined &&
    maxLength % padToMultipleOf !== 0
  ) {
    throw new TokenizerError(
      `With truncation and padding, maxLength must be a multiple of padToMultipleOf (${padToMultipleOf}), received ${maxLength}; round it.`,
      { path: 'maxLength', expected: `a multiple of ${padToMultipleOf}`, received: maxLength },
    );
  }
  return { padding, truncation, maxLength };
}

/**
 * Checks the options of `call` that {@link resolveStrategies} does not.
 *
 * @returns names that `call` has no use for, such as Python's `max_length`.
 * @throws {TokenizerError} for a value that is not allowed.
 */
export function checkCallOptions(options: CallOptions): string[] {
  const { stride, returnTensors } = options;
  requireInteger('stride', stride, 0);
  if (returnTensors !== undefined && returnTensors !== 'tf') refuse('returnTensors', "'tf' or left out", returnTensors);
  return Object.keys(options).filter((name) => !(name in CALL_OPTIONS));
}

const CALL_OPTIONS: Readonly<Record<keyof CallOptions, true>> = {
  textPair: true,
  addSpecialTokens: true,
  padding: true,
  truncation: true,
  maxLength: true,
  stride: true,
  isSplitIntoWords: true,
  padToMultipleOf: true,
  paddingSide: true,
  returnTokenTypeIds: true,
  returnAttentionMask: true,
  returnOverflowingTokens: true,
  returnSpecialTokensMask: true,
  returnOffsetsMapping: true,
  returnLength: true,
  returnTensors: true,
};

/** @throws {TokenizerError} unless the value is undefined or an integer that is large enough. */
export function requireInteger(option: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return;
  refuse(option, `an integer of at least ${least}`, value);
}

function paddingOf(padding: CallOptions['padding']): PaddingStrategy {
  if (padding === true) return 'longest';
  if (padding === undefined || padding === false) return 'do_not_pad';
  if (!PADDINGS.includes(padding)) refuse('padding', `true, false, ${PADDINGS.join(', ')}`, padding);
  return padding;
}

function truncationOf(truncation: CallOptions['truncation']): TruncationStrategy {
  if (truncation === true) return 'longest_first';
  if (truncation === undefined || truncation === false) return 'do_not_truncate';
  if (!TRUNCATIONS.includes(truncation)) refuse('truncation', `true, false, ${TRUNCATIONS.join(', ')}`, truncation);
  return truncation;
}

function refuse(option: string, allowed: string, received: unknown): never {
  throw new TokenizerError(`Option ${option} must be ${allowed}, received ${JSON.stringify(received) ?? received}.`, {
    path: option,
    expected: allowed,
    received,
  });
}
