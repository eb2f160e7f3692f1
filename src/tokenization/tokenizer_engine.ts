import type { TokenList } from './token_list';

/**
 * Segments a text into the pieces of one vocabulary.
 *
 * It works on ordinary text alone: special and added tokens, truncation and padding are the tokenizer's business.
 */
export interface TokenizerEngine {
  /**
   * Normalizes and segments a text, as `SentencePieceProcessor.encode(text, out_type=str)` does.
   *
   * @returns the pieces, word starts marked by `▁`. What the vocabulary does not hold comes out as `<0xNN>` pieces, or,
   *   in a model without byte fallback, as one piece for each run of unknown characters.
   */
  encodePieces(text: string): string[];
}

/** An engine that knows where each token stands in the text. */
export interface AlignedEngine extends TokenizerEngine {
  /** Ids of the pieces of a text: the fastest way, which keeps no positions. */
  encodeIds(text: string): number[];

  /**
   * Appends the tokens of a text, with their positions in it and the numbers of their words.
   *
   * A piece that begins with `▁` for a space begins at that space; the `▁` that normalization puts in front of a text
   * shares the position of the first character. A `<0xNN>` piece has the position of its whole character.
   */
  encode(text: string, tokens: TokenList): void;
}
