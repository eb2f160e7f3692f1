import { TokenizerError } from '../../errors';
import type { Offsets } from './encoding';
import type { RowPositions } from './row_positions';

/** A stretch of text or of tokens; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * What the result of a tokenizer's `call` knows about its rows, as methods (Hugging Face's `BatchEncoding`).
 *
 * Methods about one place take `(row, index)`, or `(index)` alone for the first row; a negative row or token counts from
 * the end. Positions in a text are UTF-16 code units, of the second text of a pair with `sequence` 1. What does not
 * exist (the word of a special token, the token of a space) is null. The slow tokenizer keeps no positions: the methods
 * of its results throw.
 *
 * @example
 * const batch = tokenizer.call('Call me Ishmael.');
 * batch.tokens(); // ['[CLS]', '▁Call', '▁me', '▁Ishmael', '.', '[SEP]']
 * batch.charToToken(5); // 2
 * batch.tokenToChars(2); // { start: 4, end: 7 }
 */
export type PositionMaps = {
  /** Whether the result has positions, that is, comes from the fast tokenizer. */
  readonly isFast: boolean;
  /** Number of rows. */
  readonly numRows: number;
  /** Texts of a row's tokens, special tokens and padding included. */
  tokens(row?: number): string[];
  /** Word of each token of a row. */
  wordIds(row?: number): (number | null)[];
  /** Sequence of each token of a row, 0 or 1. */
  sequenceIds(row?: number): (number | null)[];
  /** Sequence of a token. */
  tokenToSequence(rowOrToken: number, token?: number): number | null;
  /** Word of a token. */
  tokenToWord(rowOrToken: number, token?: number): number | null;
  /** Where a token stands in its text. */
  tokenToChars(rowOrToken: number, token?: number): Span | null;
  /** Tokens of a word. */
  wordToTokens(rowOrWord: number, word?: number, sequence?: number): Span | null;
  /** Where a word stands in its text. */
  wordToChars(rowOrWord: number, word?: number, sequence?: number): Span | null;
  /** Token that holds a character. */
  charToToken(rowOrChar: number, char?: number, sequence?: number): number | null;
  /** Word that holds a character. */
  charToWord(rowOrChar: number, char?: number, sequence?: number): number | null;
};

/** The keys of an encoding as own properties, and {@link PositionMaps} as methods. */
export type CallResult<Data> = Data & PositionMaps;

/**
 * Gives an encoding its methods.
 *
 * @param rows finds the positions of a row when a method is first called; undefined for a tokenizer that keeps none.
 */
export function withPositionMaps<Data extends object>(
  data: Data,
  numRows: number,
  rows: ((row: number) => RowPositions) | undefined,
): CallResult<Data> {
  return Object.assign(new EncodingMethods(numRows, rows), data);
}

/** What finds the positions of a result's rows; undefined where its tokenizer keeps none. */
export function positionsOf(result: PositionMaps): ((row: number) => RowPositions) | undefined {
  return EncodingMethods.rowsOf(result as EncodingMethods);
}

class EncodingMethods implements PositionMaps {
  readonly #numRows: number;
  readonly #rows: ((row: number) => RowPositions) | undefined;
  #found: Map<number, RowPositions> | undefined;

  constructor(numRows: number, rows: ((row: number) => RowPositions) | undefined) {
    this.#numRows = numRows;
    this.#rows = rows;
  }

  static rowsOf(result: EncodingMethods): ((row: number) => RowPositions) | undefined {
    return result.#rows;
  }

  get isFast(): boolean {
    return this.#rows !== undefined;
  }

  get numRows(): number {
    return this.#numRows;
  }

  tokens(row = 0): string[] {
    return [...this.#row('tokens', row).tokens];
  }

  wordIds(row = 0): (number | null)[] {
    return [...this.#row('wordIds', row).wordIds];
  }

  sequenceIds(row = 0): (number | null)[] {
    return [...this.#row('sequenceIds', row).sequenceIds];
  }

  tokenToSequence(rowOrToken: number, token?: number): number | null {
    const { positions, index } = this.#token('tokenToSequence', rowOrToken, token);
    return positions.tokenToSequence(index);
  }

  tokenToWord(rowOrToken: number, token?: number): number | null {
    const { positions, index } = this.#token('tokenToWord', rowOrToken, token);
    return positions.tokenToWord(index);
  }

  tokenToChars(rowOrToken: number, token?: number): Span | null {
    const { positions, index } = this.#token('tokenToChars', rowOrToken, token);
    return toSpan(positions.tokenToChars(index));
  }

  wordToTokens(rowOrWord: number, word?: number, sequence = 0): Span | null {
    const { positions, index } = this.#place('wordToTokens', rowOrWord, word);
    return toSpan(positions.wordToTokens(index, sequence));
  }

  wordToChars(rowOrWord: number, word?: number, sequence = 0): Span | null {
    const { positions, index } = this.#place('wordToChars', rowOrWord, word);
    return toSpan(positions.wordToChars(index, sequence));
  }

  charToToken(rowOrChar: number, char?: number, sequence = 0): number | null {
    const { positions, index } = this.#place('charToToken', rowOrChar, char);
    return positions.charToToken(index, sequence);
  }

  charToWord(rowOrChar: number, char?: number, sequence = 0): number | null {
    const { positions, index } = this.#place('charToWord', rowOrChar, char);
    return positions.charToWord(index, sequence);
  }

  #place(method: string, rowOrIndex: number, index: number | undefined): { positions: RowPositions; index: number } {
    const [row, place] = index === undefined ? [0, rowOrIndex] : [rowOrIndex, index];
    return { positions: this.#row(method, row), index: place };
  }

  #token(method: string, rowOrToken: number, token: number | undefined): { positions: RowPositions; index: number } {
    const { positions, index } = this.#place(method, rowOrToken, token);
    return { positions, index: index < 0 ? index + positions.tokens.length : index };
  }

  #row(method: string, given: number): RowPositions {
    if (this.#rows === undefined) {
      throw new TokenizerError(
        `${method} needs positions, which the slow tokenizer does not keep; encode with DebertaV2TokenizerFast.`,
        { path: method, expected: 'DebertaV2TokenizerFast', received: 'DebertaV2Tokenizer' },
      );
    }
    const count = this.#numRows;
    const row = given < 0 ? given + count : given;
    if (!Number.isInteger(row) || row < 0 || row >= count) {
      throw new TokenizerError(`Row ${given} does not exist, since the encoding has ${count}; count rows from 0.`, {
        path: method,
        expected: `less than ${count}`,
        received: given,
      });
    }
    this.#found ??= new Map();
    const positions = this.#found.get(row) ?? this.#rows(row);
    this.#found.set(row, positions);
    return positions;
  }
}

function toSpan(offsets: Offsets | null): Span | null {
  return offsets === null ? null : { start: offsets[0], end: offsets[1] };
}
