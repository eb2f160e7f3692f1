import { type AlignedText, joinAligned, plainText, replaceCharacters, sliceAligned } from './aligned_text';
import { escapeRegExp } from './escape_reg_exp';

/**
 * Puts a text in lower case but for the tokens in it.
 *
 * Character by character, as the reference does it: a capital sigma becomes σ even at the end of a word.
 */
export class LowerCaser {
  readonly #kept: RegExp | undefined;

  /** @param kept where several match, the first of the list is kept. */
  constructor(kept: readonly string[]) {
    const patterns = kept.filter(Boolean).map(escapeRegExp);
    if (patterns.length > 0) this.#kept = new RegExp(patterns.join('|'), 'gu');
  }

  /** The text in lower case, with the positions that its characters had. */
  lower(given: AlignedText): AlignedText {
    let lower: AlignedText | undefined;
    for (const { from, to, isKept } of this.#parts(given.text)) {
      const part = sliceAligned(given, from, to);
      const cased = isKept ? part : realign(part, lowerCharacters(part.text));
      lower = lower === undefined ? cased : joinAligned(lower, cased);
    }
    return lower ?? plainText('');
  }

  #parts(text: string): CasedPart[] {
    const parts: CasedPart[] = [];
    let at = 0;
    for (const { index, 0: kept } of this.#kept === undefined ? [] : text.matchAll(this.#kept)) {
      if (at < index) parts.push({ from: at, to: index, isKept: false });
      at = index + kept.length;
      parts.push({ from: index, to: at, isKept: true });
    }
    if (at < text.length) parts.push({ from: at, to: text.length, isKept: false });
    return parts;
  }
}

/** A whole text in lower case (`str.lower` of Python), with the positions that its characters had. */
export function toLowerCaseAligned(given: AlignedText): AlignedText {
  return realign(given, given.text.toLowerCase());
}

interface CasedPart {
  readonly from: number;
  readonly to: number;
  readonly isKept: boolean;
}

function lowerCharacters(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase();
}

/** Characters grow in lower case (İ does, to two code units) but never shrink, so that the length tells. */
function realign(given: AlignedText, lower: string): AlignedText {
  if (lower.length === given.text.length) return { ...given, text: lower };
  return { ...replaceCharacters(given, (character) => character.toLowerCase()), text: lower };
}
