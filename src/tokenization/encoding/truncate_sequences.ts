/** Which sequence loses tokens when there are too many. */
export type TruncationStrategy = 'longest_first' | 'only_first' | 'only_second' | 'do_not_truncate';

/** The side of a sequence where tokens are cut off or padding goes. */
export type Side = 'left' | 'right';

/** What {@link truncateSequences} leaves. */
export interface TruncatedSequences {
  readonly first: readonly number[];
  readonly second: readonly number[] | undefined;
  /** The tokens cut off and `stride` of those kept before them; empty for a pair with `longest_first`. */
  readonly overflowing: readonly number[];
  /** Why nothing was cut off although it should have been. */
  readonly problem?: string;
}

/**
 * Takes tokens off one sequence or a pair (`PreTrainedTokenizerBase.truncate_sequences` of the reference).
 *
 * `only_first`, `only_second` and a single sequence keep at least one token: when as many or more would have to go,
 * nothing is cut off and `problem` says so. `longest_first` on a pair first makes both equally long, then takes from
 * both in turn, and may leave a sequence empty.
 *
 * @param first ids without special tokens.
 * @param second ids of the second sequence of a pair, undefined for a single sequence.
 *
 * @example
 * truncateSequences([1, 2, 3, 4], [5, 6], { remove: 3, strategy: 'longest_first', stride: 0, side: 'right' });
 * // { first: [1, 2], second: [5], overflowing: [] }
 */
export function truncateSequences(
  first: readonly number[],
  second: readonly number[] | undefined,
  { remove, strategy, stride, side }: { remove: number; strategy: TruncationStrategy; stride: number; side: Side },
): TruncatedSequences {
  const unchanged = { first, second, overflowing: [] };
  if (remove <= 0 || strategy === 'do_not_truncate') return unchanged;
  if (strategy === 'longest_first' && second !== undefined) {
    const [fromFirst, fromSecond] = shareOfLongestFirst(first.length, second.length, remove);
    return { first: cut(first, fromFirst, side), second: cut(second, fromSecond, side), overflowing: [] };
  }
  if (strategy === 'only_second') {
    if (second === undefined) return unchanged;
    if (second.length <= remove) return { ...unchanged, problem: describeProblem(remove, 'second', second, strategy) };
    return { first, second: cut(second, remove, side), overflowing: edge(second, stride + remove, side) };
  }
  if (first.length <= remove) return { ...unchanged, problem: describeProblem(remove, 'first', first, strategy) };
  return { first: cut(first, remove, side), second, overflowing: edge(first, stride + remove, side) };
}

/** How many tokens each sequence of a pair loses; of an odd rest the second loses one more. */
function shareOfLongestFirst(firstLength: number, secondLength: number, remove: number): [number, number] {
  const surplus = Math.min(Math.abs(firstLength - secondLength), remove);
  const rest = remove - surplus;
  const half = Math.floor(rest / 2);
  return firstLength > secondLength ? [surplus + half, rest - half] : [half, surplus + rest - half];
}

function cut(ids: readonly number[], count: number, side: Side): readonly number[] {
  return side === 'left' ? ids.slice(count) : ids.slice(0, Math.max(0, ids.length - count));
}

function edge(ids: readonly number[], count: number, side: Side): readonly number[] {
  return side === 'left' ? ids.slice(0, count) : ids.slice(Math.max(0, ids.length - count));
}

function describeProblem(
  remove: number,
  which: 'first' | 'second',
  ids: readonly number[],
  strategy: TruncationStrategy,
): string {
  const sentence = `${remove} tokens should be cut off but the ${which} sequence has ${ids.length}, so nothing was`;
  if (strategy === 'longest_first') return `${sentence}; allow a larger maxLength.`;
  const other = which === 'first' ? 'only_second' : 'only_first';
  return `${sentence}; choose another truncation than ${strategy}, such as longest_first or ${other}.`;
}
