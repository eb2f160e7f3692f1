import type { AddedToken } from './added_token';
import { type AlignedText, endOf, joinAligned, sliceAligned } from './aligned_text';
import { escapeRegExp } from './escape_reg_exp';
import { leadingSpaces, trailingSpaces } from './white_space';

/** A stretch of text; `added` tells an added token from text that is still to be tokenized. */
export interface TextSegment extends AlignedText {
  /** Where the segment ends; an added token takes in the white space that it strips off its neighbours. */
  readonly end: number;
  readonly added: boolean;
}

/** More first characters than this are looked for by the pattern instead of one by one. */
const MOST_FIRST_CHARACTERS = 3;

/**
 * Cuts added tokens out of a text, the longest one where several begin (`Trie.split` and the steps after it in
 * `PreTrainedTokenizer.tokenize`).
 *
 * @example
 * new AddedTokenSplitter([addedToken('[MASK]', { special: true })]).split(plainText('a [MASK].'));
 * // three segments: 'a ' from 0 to 2, the added token '[MASK]' from 2 to 8, '.' from 8 to 9
 */
export class AddedTokenSplitter {
  readonly #tokens: ReadonlyMap<string, AddedToken>;
  readonly #pattern: RegExp | undefined;
  readonly #firstCharacters: readonly string[] | undefined;

  constructor(tokens: Iterable<AddedToken>) {
    this.#tokens = new Map(Array.from(tokens, (token) => [token.content, token]));
    const longestFirst = [...this.#tokens.keys()].filter(Boolean).sort((a, b) => b.length - a.length);
    if (longestFirst.length > 0) this.#pattern = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'gu');
    const firsts = [...new Set(longestFirst.map((content) => content[0]!))];
    if (firsts.length <= MOST_FIRST_CHARACTERS) this.#firstCharacters = firsts;
  }

  /** Whether a text may hold an added token; false is certain and costs little. */
  mayMatch(text: string): boolean {
    if (this.#pattern === undefined) return false;
    return this.#firstCharacters?.some((character) => text.includes(character)) ?? true;
  }

  /** The parts of a text in order, none of them empty. */
  split(given: AlignedText): TextSegment[] {
    const parts = this.#cut(given);
    for (let index = 0; index < parts.length; index++) {
      const token = this.#tokens.get(parts[index]!.text);
      if (token !== undefined) applyProperties(token, parts, index);
    }
    return parts.filter(({ text }) => text !== '').map((part) => ({ ...part, added: this.#tokens.has(part.text) }));
  }

  /** Text and added tokens by turns, empty texts left out. */
  #cut(given: AlignedText): Part[] {
    const parts: Part[] = [];
    const add = (from: number, to: number) => {
      if (from < to) parts.push(toPart(sliceAligned(given, from, to)));
    };
    let at = 0;
    for (const { index, 0: content } of this.#pattern === undefined ? [] : given.text.matchAll(this.#pattern)) {
      add(at, index);
      at = index + content.length;
      add(index, at);
    }
    add(at, given.text.length);
    return parts;
  }
}

/** A part of a text, from `start` to `end`, which an added token's stripping can widen. */
interface Part extends AlignedText {
  readonly end: number;
}

function toPart(text: AlignedText): Part {
  return { ...text, end: endOf(text) };
}

/** Lets a token strip its neighbours, or gives it back to one of them when it is not a word of its own. */
function applyProperties(token: AddedToken, parts: Part[], index: number): void {
  const plain = parts[index]!;
  const left = parts[index - 1]?.text ? parts[index - 1] : undefined;
  const right = parts[index + 1]?.text ? parts[index + 1] : undefined;
  if (token.rstrip && right) {
    const rest = toPart(sliceAligned(right, leadingSpaces(right.text), right.text.length));
    parts[index + 1] = rest;
    parts[index] = { ...parts[index]!, end: rest.text === '' ? right.end : rest.start };
  }
  if (token.lstrip && left) {
    const rest = toPart(sliceAligned(left, 0, left.text.length - trailingSpaces(left.text)));
    parts[index - 1] = rest;
    parts[index] = { ...parts[index]!, start: rest.text === '' ? left.start : rest.end };
  }
  if (!token.singleWord) return;
  if (left && !left.text.endsWith(' ')) {
    parts[index - 1] = toPart(joinAligned(parts[index - 1]!, plain));
    parts[index] = NOTHING;
  } else if (right && !right.text.startsWith(' ')) {
    parts[index + 1] = toPart(joinAligned(plain, parts[index + 1]!));
    parts[index] = NOTHING;
  }
}

const NOTHING: Part = { text: '', start: 0, end: 0, alignment: undefined };
