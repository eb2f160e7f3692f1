import type { NormalizedString } from '../normalized_string';
import { regExpMatches } from '../patterns/find_matches';
import type { SplitList } from '../split_list';
import type { PreTokenizer } from './pre_tokenizer';

/** Where {@link MetaspacePreTokenizer} puts its mark in front: nowhere, at the beginning of the text, everywhere. */
export type PrependScheme = 'never' | 'first' | 'always';

const spaces = regExpMatches(/ /gu);

/** Puts a mark, `▁`, in the place of spaces and in front, and cuts before each. */
export class MetaspacePreTokenizer implements PreTokenizer {
  constructor(
    readonly replacement: string,
    readonly prependScheme: PrependScheme,
    readonly split: boolean,
  ) {}

  preTokenize(splits: SplitList): SplitList {
    return splits.splitEach((given, parts) => {
      const marked = this.#mark(given);
      if (this.split) this.#cut(marked, parts);
      else parts.push(marked, 0, marked.text.length);
    });
  }

  #mark(given: NormalizedString): NormalizedString {
    const { replacement, prependScheme } = this;
    const replaced =
      replacement.length === 1
        ? given.withText(given.text.replaceAll(' ', replacement))
        : given.replace(spaces(given.text), replacement);
    const isMarked = replaced.text.startsWith(replacement);
    const isWanted = prependScheme === 'always' || (prependScheme === 'first' && given.origin === 0);
    return isWanted && !isMarked ? replaced.prepend(replacement) : replaced;
  }

  #cut(marked: NormalizedString, parts: SplitList): void {
    const { text } = marked;
    let start = 0;
    while (start < text.length) {
      const next = text.indexOf(this.replacement, start + 1);
      const end = next < 0 ? text.length : next;
      parts.push(marked, start, end);
      start = end;
    }
  }
}
