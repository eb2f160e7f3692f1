import { escapeRegExp } from './escape_reg_exp';

/**
 * A text in lower case but for the tokens in it.
 *
 * Character by character, as the reference does it: a capital sigma becomes σ even at the end of a word.
 *
 * @param kept where several match, the first of the list is kept.
 */
export function lowerCaseExcept(text: string, kept: readonly string[]): string {
  const alternatives = [...kept.filter(Boolean).map(escapeRegExp), '.'];
  const keptTexts = new Set(kept);
  return text.replace(new RegExp(alternatives.join('|'), 'gsu'), (match) =>
    keptTexts.has(match) ? match : match.toLowerCase(),
  );
}
