/**
 * Tokens of a text in order, as parallel lists that grow while the text is read.
 *
 * A text with added tokens in it is read in segments. {@link offset} is where the present segment begins in the text, so
 * that an engine, which sees the segment alone, leaves positions in the whole text; {@link nextWord} goes on counting
 * from one segment to the next.
 */
export class TokenList {
  readonly ids: number[] = [];
  /** Where each token begins in the text, in UTF-16 code units. */
  readonly starts: number[] = [];
  /** Where each token ends in the text, exclusive, in UTF-16 code units. */
  readonly ends: number[] = [];
  /** Number of the word that each token belongs to: every `▁` begins one, every added token is one. */
  readonly words: number[] = [];
  /** Normalized text of tokens that the vocabulary does not hold, by the position of the token in {@link ids}. */
  readonly surfaces = new Map<number, string>();
  /** Added to the positions that an engine finds. */
  offset = 0;
  /** Number of the next word. */
  nextWord = 0;

  /** Number of tokens. */
  get length(): number {
    return this.ids.length;
  }

  /** Appends a token that lies at `start` to `end` of the present segment. */
  push(id: number, start: number, end: number, word: number): void {
    this.ids.push(id);
    this.starts.push(this.offset + start);
    this.ends.push(this.offset + end);
    this.words.push(word);
  }
}
