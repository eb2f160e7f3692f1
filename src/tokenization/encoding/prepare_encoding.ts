import { TokenizerError } from '../../errors';
import type { CallOptions, ResolvedStrategies } from './call_options';
import type { Encoding } from './encoding';
import { type Side, truncateSequences } from './truncate_sequences';

/** How special tokens are laid around one sequence or a pair. */
export interface SpecialTokenTemplate {
  buildInputsWithSpecialTokens(first: readonly number[], second?: readonly number[]): number[];
  getSpecialTokensMask(first: readonly number[], second?: readonly number[]): number[];
  createTokenTypeIdsFromSequences(first: readonly number[], second?: readonly number[]): number[];
  numSpecialTokensToAdd(pair: boolean): number;
}

/** An encoding before padding. */
export interface PreparedEncoding {
  readonly encoding: Encoding;
  /** Why the encoding is longer than it was asked to be. */
  readonly problem: string | undefined;
  /** What the caller may like to know about the truncation. */
  readonly note: string | undefined;
}

/**
 * Truncates one text or pair and lays the special tokens around it (`prepare_for_model` of the reference, without
 * padding).
 *
 * @param first ids without special tokens.
 * @param second ids of the second sequence of a pair.
 * @throws {TokenizerError} for `returnTokenTypeIds` without special tokens, and for the overflowing tokens of a pair
 *   under `longest_first`, neither of which has a meaning.
 */
export function prepareEncoding(
  first: readonly number[],
  second: readonly number[] | undefined,
  options: CallOptions,
  { truncation, maxLength }: ResolvedStrategies,
  truncationSide: Side,
  template: SpecialTokenTemplate,
): PreparedEncoding {
  const { addSpecialTokens = true, stride = 0 } = options;
  const pair = second !== undefined;
  refuseMeaningless(options, addSpecialTokens, pair && truncation === 'longest_first');

  const specialCount = addSpecialTokens ? template.numSpecialTokensToAdd(pair) : 0;
  const totalLength = first.length + (second?.length ?? 0) + specialCount;
  // A maximum of 0 means none in the reference.
  const remove = maxLength ? totalLength - maxLength : 0;
  const kept = truncateSequences(first, second, { remove, strategy: truncation, stride, side: truncationSide });

  const encoding: Encoding = {
    input_ids: addSpecialTokens
      ? template.buildInputsWithSpecialTokens(kept.first, kept.second)
      : [...kept.first, ...(kept.second ?? [])],
  };
  const { length } = encoding.input_ids;
  if (options.returnTokenTypeIds !== false) {
    encoding.token_type_ids = addSpecialTokens
      ? template.createTokenTypeIdsFromSequences(kept.first, kept.second)
      : new Array<number>(length).fill(0);
  }
  if (options.returnSpecialTokensMask) {
    encoding.special_tokens_mask = addSpecialTokens
      ? template.getSpecialTokensMask(kept.first, kept.second)
      : new Array<number>(length).fill(0);
  }
  if (options.returnOverflowingTokens) {
    encoding.overflowing_tokens = [...kept.overflowing];
    encoding.num_truncated_tokens = maxLength === undefined ? 0 : totalLength - maxLength;
  }
  const isPairCut = remove > 0 && pair && truncation === 'longest_first';
  return { encoding, problem: kept.problem, note: isPairCut ? LOST_OVERFLOW : undefined };
}

const LOST_OVERFLOW =
  'longest_first never returns the overflowing tokens of a pair; use only_first or only_second where they are needed.';

function refuseMeaningless(options: CallOptions, addSpecialTokens: boolean, longestOfPair: boolean): void {
  if (options.returnTokenTypeIds && !addSpecialTokens) {
    throw new TokenizerError(
      'Token types are defined with special tokens only, received returnTokenTypeIds: true and addSpecialTokens: false; leave one of them out.',
      { path: 'returnTokenTypeIds' },
    );
  }
  if (options.returnOverflowingTokens && longestOfPair) {
    throw new TokenizerError(
      'Overflowing tokens of a pair need truncation: only_first or only_second, received longest_first; choose one of them.',
      { path: 'returnOverflowingTokens', expected: ['only_first', 'only_second'], received: 'longest_first' },
    );
  }
}
