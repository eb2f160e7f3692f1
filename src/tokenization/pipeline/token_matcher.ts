import { NONE, PieceTrie, ROOT } from '../unigram/piece_trie';

/** A token found in a text. */
export interface TokenMatch {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Finds tokens in a text: from left to right, the longest one where several begin. */
export class TokenMatcher {
  readonly #trie: PieceTrie | undefined;
  readonly #ids: readonly number[];

  /** @param tokens texts and ids; an empty text is never found. */
  constructor(tokens: readonly (readonly [text: string, id: number])[]) {
    this.#ids = tokens.map(([, id]) => id);
    if (tokens.length > 0) this.#trie = new PieceTrie(tokens.map(([text]) => text));
  }

  /** The first token that begins at `from` or after it. */
  next(text: string, from: number): TokenMatch | undefined {
    const trie = this.#trie;
    if (trie === undefined) return undefined;
    for (let start = from; start < text.length; start++) {
      if (trie.child(ROOT, text.charCodeAt(start)) === NONE) continue;
      const match = this.#longestAt(trie, text, start);
      if (match !== undefined) return match;
    }
    return undefined;
  }

  #longestAt(trie: PieceTrie, text: string, start: number): TokenMatch | undefined {
    let match: TokenMatch | undefined;
    let node = ROOT;
    for (let end = start; end < text.length; ) {
      node = trie.child(node, text.charCodeAt(end));
      if (node === NONE) break;
      end++;
      const token = trie.pieceAt(node);
      if (token !== NONE) match = { id: this.#ids[token]!, start, end };
    }
    return match;
  }
}
