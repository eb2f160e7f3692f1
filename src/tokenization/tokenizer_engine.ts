/**
 * Segments a text into the pieces of one SentencePiece model.
 *
 * It works on ordinary text alone: special tokens, ids, truncation and padding are the tokenizer's business, and
 * decoding needs nothing but the model (see `decodePieces`).
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
