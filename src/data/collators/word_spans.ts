import type { PreTrainedTokenizer } from '../../tokenization/pretrained_tokenizer';

/** Tokens next to each other; `to` is exclusive. */
export interface TokenSpan {
  readonly from: number;
  readonly to: number;
}

/** What a piece begins with that begins a word. */
const WORD_START = '\u2581';

/**
 * The words of a row, by the `▁` that their first tokens begin with; special tokens belong to none, and end one.
 *
 * @param isSpecial whether an id is that of a special token.
 *
 * @example
 * wordSpans(tokenizer, [1, 20, 21, 22, 2], isSpecial); // [CLS] ▁Ish mael ▁is [SEP]: [1, 3) and [3, 4)
 */
export function wordSpans(
  tokenizer: Pick<PreTrainedTokenizer, 'convertIdsToTokens'>,
  ids: readonly number[],
  isSpecial: (id: number) => boolean,
): TokenSpan[] {
  const spans: TokenSpan[] = [];
  for (const [position, id] of ids.entries()) {
    if (isSpecial(id)) continue;
    const last = spans.at(-1);
    const goesOn = last?.to === position && !tokenizer.convertIdsToTokens(id).startsWith(WORD_START);
    if (goesOn) spans[spans.length - 1] = { from: last.from, to: position + 1 };
    else spans.push({ from: position, to: position + 1 });
  }
  return spans;
}
