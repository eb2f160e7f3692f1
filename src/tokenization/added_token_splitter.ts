import type { AddedToken } from './added_token';
import { escapeRegExp } from './escape_reg_exp';
import { stripEnd, stripStart } from './white_space';

/** A stretch of text; `added` tells an added token from text that is still to be tokenized. */
export interface TextSegment {
  readonly text: string;
  readonly added: boolean;
}

/**
 * Cuts added tokens out of a text, the longest one where several begin (`Trie.split` and the steps after it in
 * `PreTrainedTokenizer.tokenize`).
 *
 * @example
 * new AddedTokenSplitter([addedToken('[MASK]', { special: true })]).split('a [MASK].');
 * // [{ text: 'a ', added: false }, { text: '[MASK]', added: true }, { text: '.', added: false }]
 */
export class AddedTokenSplitter {
  readonly #tokens: ReadonlyMap<string, AddedToken>;
  readonly #pattern: RegExp | undefined;

  constructor(tokens: Iterable<AddedToken>) {
    this.#tokens = new Map(Array.from(tokens, (token) => [token.content, token]));
    const longestFirst = [...this.#tokens.keys()].filter(Boolean).sort((a, b) => b.length - a.length);
    if (longestFirst.length > 0) this.#pattern = new RegExp(`(${longestFirst.map(escapeRegExp).join('|')})`, 'u');
  }

  /** The parts of a text in order, none of them empty. */
  split(text: string): TextSegment[] {
    const parts = this.#pattern === undefined ? [text] : text.split(this.#pattern).filter(Boolean);
    for (let index = 0; index < parts.length; index++) {
      const token = this.#tokens.get(parts[index]!);
      if (token !== undefined) applyProperties(token, parts, index);
    }
    return parts.filter(Boolean).map((part) => ({ text: part, added: this.#tokens.has(part) }));
  }
}

/** Lets a token strip its neighbours, or gives it back to one of them when it is not a word of its own. */
function applyProperties(token: AddedToken, parts: string[], index: number): void {
  const left = parts[index - 1];
  const right = parts[index + 1];
  if (token.rstrip && right) parts[index + 1] = stripStart(right);
  if (token.lstrip && left) parts[index - 1] = stripEnd(left);
  if (!token.singleWord) return;
  if (left && !left.endsWith(' ')) {
    parts[index - 1] += token.content;
    parts[index] = '';
  } else if (right && !right.startsWith(' ')) {
    parts[index + 1] = token.content + parts[index + 1];
    parts[index] = '';
  }
}
