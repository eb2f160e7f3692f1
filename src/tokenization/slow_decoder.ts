import { decodePieces } from './sentencepiece/decode_pieces';
import type { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import type { TokenizerVocabulary } from './tokenizer_vocabulary';
import { stripEnd, stripStart } from './white_space';

/** Turns tokens into text as the slow class of the reference does. */
export class SlowDecoder {
  readonly #model: SentencePieceModel;
  readonly #special: ReadonlySet<string>;
  readonly #standsAlone: ReadonlySet<string>;

  constructor(model: SentencePieceModel, vocabulary: TokenizerVocabulary) {
    this.#model = model;
    const { addedTokens, allSpecialTokens, specialTokens, vocabSize } = vocabulary;
    this.#special = new Set(allSpecialTokens);
    const ordinary = [...addedTokens.values()].filter(({ content }) => !this.#special.has(content));
    const beyond = specialTokens.additionalSpecialTokens.filter(({ content }) => vocabulary.idOf(content) >= vocabSize);
    this.#standsAlone = new Set([...ordinary, ...beyond].map(({ content }) => content));
  }

  /** Text of tokens, a space around each added token. */
  decode(tokens: readonly string[], skipSpecialTokens: boolean): string {
    const texts: string[] = [];
    let group: string[] = [];
    for (const token of tokens) {
      if (skipSpecialTokens && this.#special.has(token)) continue;
      if (this.#standsAlone.has(token)) {
        const text = this.joinTokens(group);
        texts.push(...(text === '' ? [token] : [text, token]));
        group = [];
      } else group.push(token);
    }
    if (group.length > 0) texts.push(this.joinTokens(group));
    return texts.join(' ');
  }

  /** Text of pieces by SentencePiece's rules, special tokens as they are with a space before each run. */
  joinTokens(tokens: readonly string[]): string {
    let text = '';
    let pieces: string[] = [];
    let previousIsSpecial = false;
    for (const token of tokens) {
      const isSpecial = this.#special.has(token);
      if (isSpecial) {
        // The space goes before the pieces, not after them: so the reference writes it.
        text += `${previousIsSpecial ? '' : ' '}${decodePieces(this.#model, pieces)}${token}`;
        pieces = [];
      } else pieces.push(token);
      previousIsSpecial = isSpecial;
    }
    return stripStart(stripEnd(text + decodePieces(this.#model, pieces)));
  }
}
