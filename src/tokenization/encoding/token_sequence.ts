import { TokenList } from '../token_list';
import type { AlignedEngine } from '../tokenizer_engine';

/**
 * One sequence of a row: a text, or the words of a text, and its tokens.
 *
 * Ids are found at once and without positions, which takes half the time; positions are found when they are asked for.
 */
export class TokenSequence {
  readonly ids: readonly number[];
  readonly #engine: AlignedEngine;
  readonly #texts: readonly string[];
  readonly #areWords: boolean;
  #tokens: TokenList | undefined;

  /**
   * @param texts one text, or its words, which are numbered and have positions of their own.
   * @param withPositions finds ids and positions at once, for a caller that is going to ask for both.
   */
  constructor(engine: AlignedEngine, texts: readonly string[], areWords: boolean, withPositions: boolean) {
    this.#engine = engine;
    this.#texts = texts;
    this.#areWords = areWords;
    if (withPositions) this.ids = this.tokens.ids;
    else if (texts.length === 1) this.ids = engine.encodeIds(texts[0]!);
    else this.ids = texts.flatMap((text) => engine.encodeIds(text));
  }

  /** Tokens with their positions and words. */
  get tokens(): TokenList {
    this.#tokens ??= this.#findTokens();
    return this.#tokens;
  }

  #findTokens(): TokenList {
    const tokens = new TokenList();
    this.#texts.forEach((text, word) => {
      const first = tokens.length;
      this.#engine.encode(text, tokens);
      if (this.#areWords) tokens.words.fill(word, first);
    });
    return tokens;
  }
}
