import { TokenizerError } from '../errors';
import { logger } from '../logger';
import { addSpecialToVocabulary, addToVocabulary, type GrownVocabulary } from './add_to_vocabulary';
import type { SpecialTokenOptions, SpecialTokenRole, TokenInput } from './special_tokens';
import type { TokenizerVocabulary } from './tokenizer_vocabulary';

/** The part of every tokenizer that knows tokens, their ids and the special ones among them. */
export abstract class TokenizerBase {
  /** Token type of padding. */
  readonly padTokenTypeId = 0;
  /** Whether text is lower-cased. */
  abstract readonly doLowerCase: boolean;
  #vocabulary: TokenizerVocabulary;
  readonly #warned = new Set<string>();

  protected constructor(vocabulary: TokenizerVocabulary) {
    this.#vocabulary = vocabulary;
  }

  protected get vocabulary(): TokenizerVocabulary {
    return this.#vocabulary;
  }

  /** Number of pieces of the model, without added tokens. */
  get vocabSize(): number {
    return this.vocabulary.vocabSize;
  }

  /** Number of tokens, added ones included: rows that an embedding table must at least have. */
  get length(): number {
    return this.vocabulary.length;
  }

  /** Ids of all tokens, added ones included. */
  getVocab(): Map<string, number> {
    return this.vocabulary.toMap();
  }

  /** Ids of the added tokens; special tokens count as added even where the model has them. */
  getAddedVocab(): Map<string, number> {
    return new Map(this.vocabulary.addedIds);
  }

  /**
   * Adds tokens that are cut out of texts before anything else, and found as they are given.
   *
   * A token that is a piece of the model keeps its id. New ones get the ids from {@link length} on, so a model needs more
   * rows: `model.resizeTokenEmbeddings(tokenizer.length)`.
   *
   * @param tokens texts, or what `addedToken` makes of a text and its properties.
   * @returns how many tokens are new.
   * @throws {TokenizerError} for what is no token.
   *
   * @example
   * tokenizer.addTokens(['krill', addedToken('<num>', { singleWord: true })]); // 2
   */
  addTokens(tokens: TokenInput | readonly TokenInput[]): number {
    return this.#grow(
      addToVocabulary(this.vocabulary, toList(tokens), { special: false, doLowerCase: this.doLowerCase }),
    );
  }

  /**
   * Gives special tokens a role, or adds further special tokens; those that the vocabulary lacks get new ids.
   *
   * @param tokens special tokens by role; or a list, which joins `additionalSpecialTokens`.
   * @param options `replaceAdditionalSpecialTokens` (true by default): whether `additionalSpecialTokens` by role take
   *   the place of the present ones, which then stay in the vocabulary, or join them.
   * @returns how many tokens are new.
   * @throws {TokenizerError} for a role that does not exist and for what is no token.
   *
   * @example
   * tokenizer.addSpecialTokens({ additionalSpecialTokens: ['<user>', '<bot>'] }); // 2
   */
  addSpecialTokens(
    tokens: SpecialTokenOptions | readonly TokenInput[],
    { replaceAdditionalSpecialTokens = true }: { replaceAdditionalSpecialTokens?: boolean } = {},
  ): number {
    if (isList(tokens)) {
      return this.#grow(addToVocabulary(this.vocabulary, tokens, { special: true, doLowerCase: this.doLowerCase }));
    }
    return this.#grow(addSpecialToVocabulary(this.vocabulary, tokens, replaceAdditionalSpecialTokens));
  }

  get clsToken(): string {
    return this.#special('clsToken');
  }
  get sepToken(): string {
    return this.#special('sepToken');
  }
  get padToken(): string {
    return this.#special('padToken');
  }
  get unkToken(): string {
    return this.#special('unkToken');
  }
  get maskToken(): string {
    return this.#special('maskToken');
  }
  get bosToken(): string {
    return this.#special('bosToken');
  }
  get eosToken(): string {
    return this.#special('eosToken');
  }
  get clsTokenId(): number {
    return this.vocabulary.idOf(this.clsToken);
  }
  get sepTokenId(): number {
    return this.vocabulary.idOf(this.sepToken);
  }
  get padTokenId(): number {
    return this.vocabulary.idOf(this.padToken);
  }
  get unkTokenId(): number {
    return this.vocabulary.idOf(this.unkToken);
  }
  get maskTokenId(): number {
    return this.vocabulary.idOf(this.maskToken);
  }
  get bosTokenId(): number {
    return this.vocabulary.idOf(this.bosToken);
  }
  get eosTokenId(): number {
    return this.vocabulary.idOf(this.eosToken);
  }

  /** Special tokens that have no role of their own. */
  get additionalSpecialTokens(): string[] {
    return this.vocabulary.specialTokens.additionalSpecialTokens.map(({ content }) => content);
  }

  /** Every special token once. */
  get allSpecialTokens(): string[] {
    return [...this.vocabulary.allSpecialTokens];
  }

  /** Ids of {@link allSpecialTokens}. */
  get allSpecialIds(): number[] {
    return [...this.vocabulary.allSpecialIds];
  }

  /** Id of a token, or ids of tokens; the unknown id for what the vocabulary does not hold. */
  convertTokensToIds(tokens: string): number;
  convertTokensToIds(tokens: readonly string[]): number[];
  convertTokensToIds(tokens: string | readonly string[]): number | number[] {
    if (typeof tokens === 'string') return this.vocabulary.idOf(tokens);
    return tokens.map((token) => this.vocabulary.idOf(token));
  }

  /**
   * Token of an id, or tokens of ids; the unknown token for an id beyond the vocabulary. The option
   * `skipSpecialTokens` (false by default) leaves special tokens out of a list.
   *
   * @throws {TokenizerError} for a negative or fractional id.
   */
  convertIdsToTokens(ids: number): string;
  convertIdsToTokens(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean }): string[];
  convertIdsToTokens(
    ids: number | ArrayLike<number>,
    { skipSpecialTokens = false }: { skipSpecialTokens?: boolean } = {},
  ): string | string[] {
    if (typeof ids === 'number') return this.vocabulary.tokenOf(ids);
    const skipped = new Set(skipSpecialTokens ? this.vocabulary.allSpecialIds : []);
    return Array.from(ids)
      .filter((id) => !skipped.has(id))
      .map((id) => this.vocabulary.tokenOf(id));
  }

  /**
   * Lays special tokens around ids: `[CLS] first [SEP]`, or `[CLS] first [SEP] second [SEP]`.
   *
   * @example
   * tokenizer.buildInputsWithSpecialTokens([10, 20], [30]); // [1, 10, 20, 2, 30, 2]
   */
  buildInputsWithSpecialTokens(first: readonly number[], second?: readonly number[]): number[] {
    const { clsTokenId, sepTokenId } = this;
    const opening = [clsTokenId, ...first, sepTokenId];
    return second === undefined ? opening : [...opening, ...second, sepTokenId];
  }

  /**
   * Marks special tokens by 1 and others by 0.
   *
   * @param first ids without special tokens, or with them if `alreadyHasSpecialTokens`.
   * @param alreadyHasSpecialTokens marks the ids of {@link allSpecialIds} in `first`, instead of the places where
   *   {@link buildInputsWithSpecialTokens} would put special tokens; false by default.
   * @throws {TokenizerError} for a second sequence with `alreadyHasSpecialTokens`.
   */
  getSpecialTokensMask(
    first: readonly number[],
    second?: readonly number[],
    alreadyHasSpecialTokens = false,
  ): number[] {
    if (!alreadyHasSpecialTokens) {
      const opening = [1, ...first.map(() => 0), 1];
      return second === undefined ? opening : [...opening, ...second.map(() => 0), 1];
    }
    if (second !== undefined) {
      throw new TokenizerError(
        'Ids that already have special tokens must be one sequence, received two; join them or leave the second out.',
        { expected: 'one sequence', received: 2 },
      );
    }
    const special = new Set(this.vocabulary.allSpecialIds);
    return first.map((id) => (special.has(id) ? 1 : 0));
  }

  /** Token types: 0 for `[CLS] first [SEP]`, 1 for `second [SEP]`. */
  createTokenTypeIdsFromSequences(first: readonly number[], second?: readonly number[]): number[] {
    const opening = new Array<number>(first.length + 2).fill(0);
    return second === undefined ? opening : [...opening, ...new Array<number>(second.length + 1).fill(1)];
  }

  /** How many special tokens {@link buildInputsWithSpecialTokens} adds: 2, or 3 for a pair. */
  numSpecialTokensToAdd(pair = false): number {
    return pair ? 3 : 2;
  }

  /** Called when {@link vocabulary} has become another one. */
  protected abstract onVocabularyChange(): void;

  /** Logs a warning unless this tokenizer has logged one of the same key before. */
  protected warnOnce(message: string, key: string = message): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    logger.warn(message);
  }

  #grow({ vocabulary, count }: GrownVocabulary): number {
    this.#vocabulary = vocabulary;
    this.onVocabularyChange();
    return count;
  }

  #special(role: SpecialTokenRole): string {
    return this.vocabulary.specialTokens[role].content;
  }
}

function toList(tokens: TokenInput | readonly TokenInput[]): readonly TokenInput[] {
  return isList(tokens) ? tokens : [tokens];
}

/** `Array.isArray` that knows lists nobody may change. */
function isList(value: unknown): value is readonly TokenInput[] {
  return Array.isArray(value);
}
