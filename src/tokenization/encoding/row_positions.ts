import type { EncodedRow } from './encoded_row';
import type { Offsets } from './encoding';
import { partLength } from './row_layout';

/** How many places padding takes on either side of a row. */
export interface RowPadding {
  readonly left: number;
  readonly right: number;
}

/**
 * Where the tokens of one row, padding included, come from: their words, sequences and positions.
 *
 * Mirrors `Encoding` of Hugging Face's Rust library: what does not exist is null.
 */
export class RowPositions {
  /** Texts of the tokens. */
  readonly tokens: readonly string[];
  /** Word of each token, numbered in its sequence; null for special tokens and padding. */
  readonly wordIds: readonly (number | null)[];
  /** Sequence of each token, 0 or 1; null for special tokens and padding. */
  readonly sequenceIds: readonly (number | null)[];
  readonly #offsets: readonly Offsets[];
  /** Where each sequence stands in the row. */
  readonly #ranges = new Map<number, readonly [from: number, to: number]>();

  /** @param tokenOf text of an id. */
  constructor(
    { layout, sequences }: EncodedRow,
    padding: RowPadding,
    padToken: string,
    tokenOf: (id: number) => string,
  ) {
    const tokens: string[] = new Array(padding.left).fill(padToken);
    const wordIds: (number | null)[] = new Array(padding.left).fill(null);
    const sequenceIds = [...wordIds];
    const offsets: Offsets[] = tokens.map(() => [0, 0]);
    const add = (token: string, word: number | null, sequence: number | null, place: Offsets) => {
      tokens.push(token);
      wordIds.push(word);
      sequenceIds.push(sequence);
      offsets.push(place);
    };
    for (const part of layout) {
      if ('ids' in part) {
        for (const id of part.ids) add(tokenOf(id), null, null, [0, 0]);
        continue;
      }
      this.#ranges.set(part.sequence, [tokens.length, tokens.length + partLength(part)]);
      const { ids, words, starts, ends, surfaces } = sequences[part.sequence]!.tokens;
      for (let index = part.from; index < part.to; index++) {
        const token = surfaces.get(index) ?? tokenOf(ids[index]!);
        add(token, words[index]!, part.sequence, [starts[index]!, ends[index]!]);
      }
    }
    for (let count = 0; count < padding.right; count++) add(padToken, null, null, [0, 0]);
    this.tokens = tokens;
    this.wordIds = wordIds;
    this.sequenceIds = sequenceIds;
    this.#offsets = offsets;
  }

  tokenToSequence(token: number): number | null {
    return this.sequenceIds[token] ?? null;
  }

  tokenToWord(token: number): number | null {
    return this.wordIds[token] ?? null;
  }

  tokenToChars(token: number): Offsets | null {
    return this.tokenToSequence(token) === null ? null : this.#offsets[token]!;
  }

  /** First and last (exclusive) token of a word. */
  wordToTokens(word: number, sequence: number): [from: number, to: number] | null {
    const [from, to] = this.#ranges.get(sequence) ?? [0, 0];
    const first = this.wordIds.slice(from, to).indexOf(word);
    if (first < 0) return null;
    const last = this.wordIds.lastIndexOf(word, to - 1);
    return [from + first, last + 1];
  }

  wordToChars(word: number, sequence: number): Offsets | null {
    const span = this.wordToTokens(word, sequence);
    return span === null ? null : [this.#offsets[span[0]]![0], this.#offsets[span[1] - 1]![1]];
  }

  charToToken(char: number, sequence: number): number | null {
    const [from, to] = this.#ranges.get(sequence) ?? [0, 0];
    for (let token = from; token < to; token++) {
      const [start, end] = this.#offsets[token]!;
      if (start <= char && char < end) return token;
    }
    return null;
  }

  charToWord(char: number, sequence: number): number | null {
    const token = this.charToToken(char, sequence);
    return token === null ? null : this.tokenToWord(token);
  }
}
