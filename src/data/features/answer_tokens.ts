import type { Offsets } from '../../tokenization/encoding/encoding';

/** First and last (inclusive) token of an answer. */
export interface AnswerTokens {
  readonly start: number;
  readonly end: number;
}

/** Where the answer is said to be in a window that does not hold all of it: at `[CLS]`. */
export const NOT_HERE: AnswerTokens = { start: 0, end: 0 };

/**
 * Finds the tokens of an answer in a window of its context (`prepare_train_features` of Hugging Face's `run_qa.py`).
 *
 * Where one character takes several tokens (bytes, a ligature), all of them belong to the answer; the script would let
 * it end before it starts.
 *
 * @param offsets place of each token in the context; null for tokens that are not of the context.
 * @param from where the answer begins in the context.
 * @param to where it ends, exclusive.
 * @returns {@link NOT_HERE} when the window does not hold the whole answer.
 */
export function answerTokens(offsets: readonly (Offsets | null)[], from: number, to: number): AnswerTokens {
  const first = offsets.findIndex((place) => place !== null);
  let last = offsets.length - 1;
  while (last > first && offsets[last] === null) last--;
  if (first < 0 || offsets[first]![0] > from || offsets[last]![1] < to) return NOT_HERE;
  let start = first;
  while (start < last && offsets[start + 1]![0] <= from) start++;
  let end = last;
  while (end > first && offsets[end - 1]![1] >= to) end--;
  return { start: Math.min(start, end), end: Math.max(start, end) };
}
