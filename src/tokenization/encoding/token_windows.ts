import { TokenizerError } from '../../errors';
import type { Side, TruncationStrategy } from './truncate_sequences';

/** A stretch of a sequence's tokens; `to` is exclusive. */
export interface TokenWindow {
  readonly from: number;
  readonly to: number;
}

/** How {@link truncateToWindows} cuts. */
export interface WindowSettings {
  readonly strategy: TruncationStrategy;
  /** Most tokens that both sequences may have together, special tokens not counted; undefined for no limit. */
  readonly maxLength: number | undefined;
  /** Tokens that a window repeats of the one before it. */
  readonly stride: number;
  readonly side: Side;
}

/**
 * Windows of one sequence or a pair that together fit into a length (`truncate_encodings` of Hugging Face's Rust
 * library).
 *
 * The first window of each sequence is what truncation leaves of it; the others hold what was cut off, `stride` tokens
 * of the window before repeated in each. `longest_first` on a pair shares the room: the shorter sequence keeps all up to
 * half of it, and of an odd number the longer sequence (the second, when they are equally long) gets the one more.
 *
 * @throws {TokenizerError} when a strategy cannot make enough room, or when `stride` leaves windows no new token.
 *
 * @example
 * truncateToWindows(5, undefined, { strategy: 'longest_first', maxLength: 3, stride: 1, side: 'right' });
 * // { first: [{ from: 0, to: 3 }, { from: 2, to: 5 }], second: undefined }
 */
export function truncateToWindows(
  firstLength: number,
  secondLength: number | undefined,
  { strategy, maxLength, stride, side }: WindowSettings,
): { first: TokenWindow[]; second: TokenWindow[] | undefined } {
  const total = firstLength + (secondLength ?? 0);
  let first = firstLength;
  let second = secondLength;
  if (maxLength !== undefined && total > maxLength && strategy !== 'do_not_truncate') {
    const remove = total - maxLength;
    if (maxLength === 0) [first, second] = [0, second === undefined ? undefined : 0];
    else if (strategy === 'only_second') second = leave('second', secondLength, remove, strategy);
    else if (strategy === 'only_first' || secondLength === undefined) {
      first = strategy === 'only_first' ? leave('first', firstLength, remove, strategy) : maxLength;
    } else [first, second] = shareRoom(firstLength, secondLength, maxLength);
  }
  return {
    first: windows(firstLength, first, stride, side),
    second: second === undefined ? undefined : windows(secondLength!, second, stride, side),
  };
}

/** What is left of the one sequence that a strategy cuts. */
function leave(
  which: 'first' | 'second',
  length: number | undefined,
  remove: number,
  strategy: TruncationStrategy,
): number {
  if (length === undefined) {
    throw new TokenizerError(
      `truncation: only_second needs a pair of texts, received one text that is ${remove} tokens too long; use only_first or longest_first.`,
      { path: 'truncation', expected: ['longest_first', 'only_first'], received: strategy },
    );
  }
  if (length > remove) return length - remove;
  const other = which === 'first' ? 'only_second' : 'only_first';
  throw new TokenizerError(
    `${remove} tokens would have to be cut off the ${which} sequence, which has ${length}; use another truncation than ${strategy}, such as longest_first or ${other}, or a larger maxLength.`,
    { path: 'truncation', expected: ['longest_first', other], received: strategy },
  );
}

function shareRoom(firstLength: number, secondLength: number, maxLength: number): [number, number] {
  const shorter = Math.min(firstLength, secondLength);
  const isFirstShorter = firstLength <= secondLength;
  let [less, more] = [shorter, Math.max(shorter, maxLength - shorter)];
  if (shorter > maxLength || less + more > maxLength) {
    less = Math.floor(maxLength / 2);
    more = maxLength - less;
  }
  return isFirstShorter ? [less, more] : [more, less];
}

function windows(length: number, keep: number, stride: number, side: Side): TokenWindow[] {
  if (keep >= length) return [{ from: 0, to: length }];
  if (keep === 0) {
    return [
      { from: 0, to: 0 },
      { from: 0, to: length },
    ];
  }
  if (stride >= keep) {
    throw new TokenizerError(
      `Option stride must be less than the ${keep} tokens that truncation leaves of a sequence (special tokens not counted), received ${stride}; lower it or raise maxLength.`,
      { path: 'stride', expected: `less than ${keep}`, received: stride },
    );
  }
  const found: TokenWindow[] = [];
  for (let begin = 0; found.length === 0 || begin + stride < length; begin += keep - stride) {
    const end = Math.min(begin + keep, length);
    found.push(side === 'right' ? { from: begin, to: end } : { from: length - end, to: length - begin });
  }
  return found;
}
