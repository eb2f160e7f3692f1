/** A character of Unicode category P or any ASCII character that is neither letter, digit, space nor control. */
const RUNS = /[\p{P}$+<=>^`|~]|[^\p{P}$+<=>^`|~]+/gu;

/**
 * Cuts a text at punctuation, each punctuation character alone (`_run_split_on_punc` of the reference).
 *
 * @example
 * splitOnPunctuation("don't go"); // ['don', "'", 't go']
 */
export function splitOnPunctuation(text: string): string[] {
  return text.match(RUNS) ?? [];
}
