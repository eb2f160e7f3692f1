import { TokenizerError } from '../errors';
import { writeFileAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import { logger } from '../logger';
import { joinRows, splitRows } from './encoding/batch_rows';
import { type PadOptions, resolveStrategies } from './encoding/call_options';
import type { BatchEncoding, Encoding, TensorEncoding } from './encoding/encoding';
import { type PaddingSettings, type PaddingStrategy, padEncoding, padEncodings } from './encoding/pad_encodings';
import type { SpecialTokenTemplate } from './encoding/prepare_encoding';
import { toTensorEncoding } from './encoding/tensor_encoding';
import type { Side } from './encoding/truncate_sequences';
import type { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import type { SpecialTokenRole } from './special_tokens';
import { NO_MAXIMUM, tokenizerFiles } from './tokenizer_config';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import { VOCABULARY_FILE } from './tokenizer_source';
import { TokenizerVocabulary } from './tokenizer_vocabulary';

/**
 * What every tokenizer of this package can do apart from turning text into tokens: ids, special tokens, padding,
 * saving. Mirrors `PreTrainedTokenizerBase` of Hugging Face in camelCase.
 */
export abstract class PreTrainedTokenizer implements SpecialTokenTemplate {
  /** Longest sequence in tokens that the model takes, 1e30 for no maximum. */
  modelMaxLength: number;
  /** Where padding goes. */
  paddingSide: Side;
  /** Where tokens are cut off. */
  truncationSide: Side;
  /** Whether `decode` removes spaces before punctuation unless told otherwise. */
  cleanUpTokenizationSpaces: boolean;
  /** Token type of padding. */
  readonly padTokenTypeId = 0;
  /** Whether text is lower-cased. */
  readonly doLowerCase: boolean;
  /** Whether text is cut at punctuation first. */
  readonly splitByPunct: boolean;
  /** Whether special tokens in a text are tokenized like ordinary text. */
  readonly splitSpecialTokens: boolean;

  protected readonly vocabulary: TokenizerVocabulary;
  readonly #unknownSettings: Readonly<Record<string, unknown>>;
  readonly #warned = new Set<string>();

  /**
   * @param unknownSettings keys of `tokenizer_config.json` to be written back by {@link savePretrained}.
   */
  protected constructor(
    protected readonly model: SentencePieceModel,
    options: DebertaV2TokenizerOptions = {},
    unknownSettings: Readonly<Record<string, unknown>> = {},
  ) {
    this.modelMaxLength = options.modelMaxLength ?? NO_MAXIMUM;
    this.paddingSide = options.paddingSide ?? 'right';
    this.truncationSide = options.truncationSide ?? 'right';
    this.cleanUpTokenizationSpaces = options.cleanUpTokenizationSpaces ?? false;
    this.doLowerCase = options.doLowerCase ?? false;
    this.splitByPunct = options.splitByPunct ?? false;
    this.splitSpecialTokens = options.splitSpecialTokens ?? false;
    this.vocabulary = new TokenizerVocabulary(model, options, options.addedTokens);
    this.#unknownSettings = unknownSettings;
  }

  /** Number of pieces of the SentencePiece model, without added tokens. */
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

  /**
   * Pads encodings made earlier, one or a batch, as a data loader does when it puts examples together.
   *
   * Keys other than the tokenizer's own, such as `labels`, are put together unpadded.
   *
   * @throws {TokenizerError} for options that are not allowed, an empty batch, encodings of different keys, and with
   *   `returnTensors` for rows of different lengths.
   *
   * @example
   * tokenizer.pad([tokenizer.call('short'), tokenizer.call('a longer text')], { returnTensors: 'tf' });
   */
  pad(
    encodings: Encoding | BatchEncoding | readonly Encoding[],
    options: PadOptions & { returnTensors: 'tf' },
  ): TensorEncoding;
  pad(encodings: Encoding, options?: PadOptions): Encoding;
  pad(encodings: BatchEncoding | readonly Encoding[], options?: PadOptions): BatchEncoding;
  pad(
    encodings: Encoding | BatchEncoding | readonly Encoding[],
    options: PadOptions = {},
  ): Encoding | BatchEncoding | TensorEncoding {
    const { padding = true, returnTensors } = options;
    const { padding: strategy, maxLength } = resolveStrategies(
      { ...options, padding },
      this.modelMaxLength,
      (message) => this.warnOnce(message),
    );
    const settings = this.paddingSettings(strategy, maxLength, options);
    if ('input_ids' in encodings && !isBatch(encodings)) {
      const padded = this.padSingle(encodings, settings);
      return returnTensors === 'tf' ? toTensorEncoding(joinRows([padded])) : padded;
    }
    const rows = 'input_ids' in encodings ? splitRows(encodings) : encodings;
    const batch = joinRows(padEncodings(rows, settings));
    return returnTensors === 'tf' ? toTensorEncoding(batch) : batch;
  }

  /**
   * Writes the vocabulary.
   *
   * @param prefix put before the file name with a hyphen.
   * @returns the path of the file, `[prefix-]spm.model`, in a list of one.
   * @throws {OutputError} when it cannot be written.
   */
  async saveVocabulary(folder: string, prefix?: string): Promise<string[]> {
    const name = prefix === undefined ? VOCABULARY_FILE : `${prefix}-${VOCABULARY_FILE}`;
    const path = nodeBuiltin('node:path').join(folder, name);
    await writeFileAtomically(path, this.model.bytes);
    return [path];
  }

  /**
   * Writes everything that `fromPretrained` of this package or of Hugging Face needs.
   *
   * @returns the paths of the files: vocabulary, settings, special tokens and, where there are any, added tokens.
   * @throws {OutputError} when they cannot be written.
   */
  async savePretrained(folder: string): Promise<string[]> {
    const paths = await this.saveVocabulary(folder);
    const { vocabulary, modelMaxLength, paddingSide, truncationSide, cleanUpTokenizationSpaces } = this;
    const files = tokenizerFiles({
      vocabulary,
      modelMaxLength,
      paddingSide,
      truncationSide,
      cleanUpTokenizationSpaces,
      doLowerCase: this.doLowerCase,
      splitByPunct: this.splitByPunct,
      splitSpecialTokens: this.splitSpecialTokens,
      unknown: this.#unknownSettings,
    });
    for (const [name, content] of Object.entries(files)) {
      const path = nodeBuiltin('node:path').join(folder, name);
      await writeFileAtomically(path, content);
      paths.push(path);
    }
    return paths;
  }

  /** What padding needs to know, by options and by this tokenizer's defaults. */
  protected paddingSettings(
    strategy: PaddingStrategy,
    maxLength: number | undefined,
    {
      padToMultipleOf,
      paddingSide,
      returnAttentionMask,
    }: Pick<PadOptions, 'padToMultipleOf' | 'paddingSide' | 'returnAttentionMask'>,
  ): PaddingSettings {
    return {
      strategy,
      maxLength,
      padToMultipleOf,
      side: paddingSide ?? this.paddingSide,
      attentionMask: returnAttentionMask ?? true,
      padTokenId: this.padTokenId,
      padTokenTypeId: this.padTokenTypeId,
    };
  }

  /** Pads one encoding that is no row of a batch; the reference leaves an empty one as it is. */
  protected padSingle(encoding: Encoding, settings: PaddingSettings): Encoding {
    const isEmpty = encoding.input_ids.length === 0;
    return padEncoding(encoding, isEmpty ? { ...settings, strategy: 'do_not_pad' } : settings);
  }

  /** Logs a warning unless this tokenizer has logged one of the same key before. */
  protected warnOnce(message: string, key: string = message): void {
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    logger.warn(message);
  }

  #special(role: SpecialTokenRole): string {
    return this.vocabulary.specialTokens[role].content;
  }
}

function isBatch(encoding: Encoding | BatchEncoding): encoding is BatchEncoding {
  return Array.isArray(encoding.input_ids[0]);
}
