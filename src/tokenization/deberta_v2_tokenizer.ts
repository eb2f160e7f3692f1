import { logger } from '../logger';
import type { SourceOptions } from '../sources/source_options';
import { withoutUndefined } from '../without_undefined';
import type { CallInputs } from './encoding/call_inputs';
import type { CallOptions, ResolvedStrategies } from './encoding/call_options';
import type { BatchEncoding, Encoding } from './encoding/encoding';
import type { PaddingSettings } from './encoding/pad_encodings';
import type { CallResult } from './encoding/position_maps';
import { callSlow } from './encoding/slow_call';
import type { TokenizerRecipe } from './encoding/worker_messages';
import { type EngineName, engineName, loadEngine } from './load_engine';
import { PreTrainedTokenizer } from './pretrained_tokenizer';
import { SentencePieceEngine } from './sentencepiece/sentencepiece_engine';
import { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import { SlowDecoder } from './slow_decoder';
import { SlowSegmenter } from './slow_segmenter';
import type { TokenizerEngine } from './tokenizer_engine';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import { readTokenizerSource } from './tokenizer_source';
import type { Corpus, TrimmedTokenizer, TrimOptions } from './trim_tokenizer';
import { saveModel } from './vocabulary_file';

/** Options of {@link DebertaV2Tokenizer}. */
export interface DebertaV2SlowTokenizerOptions extends DebertaV2TokenizerOptions {
  /**
   * `'builtin'` by default: exact to SentencePiece 0.2.3, and runs in browsers too. `'sentencepiece-js'` embeds an older
   * SentencePiece and needs Node; where two segmentations score exactly alike it may choose the other one.
   */
  engine?: EngineName;
}

/**
 * Turns text into token ids for DeBERTa v2 and v3, and ids into text.
 *
 * Gives the tokens and ids of `DebertaV2Tokenizer` (the slow class) of Hugging Face transformers 4.57 for the same
 * `spm.model`: with a model that has byte fallback, characters outside the vocabulary become byte pieces.
 *
 * @example
 * const tokenizer = await DebertaV2Tokenizer.fromPretrained('deberta-v3-small');
 * tokenizer.tokenize('Call me Ishmael.'); // ['▁Call', '▁me', '▁Ishmael', '.']
 * tokenizer.call(['a text', 'another'], { padding: true, truncation: true, maxLength: 128, returnTensors: 'tf' });
 */
export class DebertaV2Tokenizer extends PreTrainedTokenizer {
  readonly #model: SentencePieceModel;
  readonly #engine: TokenizerEngine;
  #segmenter: SlowSegmenter;
  #decoder: SlowDecoder;

  /**
   * @param model the vocabulary.
   * @param engine segments by the same model; {@link fromPretrained} and {@link fromModel} make one.
   * @param unknownSettings keys of `tokenizer_config.json` to be written back by `savePretrained`.
   */
  constructor(
    model: SentencePieceModel,
    engine: TokenizerEngine = new SentencePieceEngine(model),
    options: DebertaV2TokenizerOptions = {},
    unknownSettings: Readonly<Record<string, unknown>> = {},
  ) {
    super(model, options, unknownSettings);
    this.#model = model;
    this.#engine = engine;
    this.#segmenter = new SlowSegmenter(engine, this.vocabulary, this);
    this.#decoder = new SlowDecoder(model, this.vocabulary);
  }

  /**
   * Reads a tokenizer from a checkpoint or an `spm.model` file.
   *
   * @param source a folder with `spm.model` and, where there are any, `tokenizer_config.json`,
   *   `special_tokens_map.json` and `added_tokens.json`; or the path of the model file alone; or an `http(s)` URL of
   *   either; or a model of the Hugging Face hub (`owner/name`).
   * @param options override what the files say, and say how files are fetched.
   * @throws {TokenizerError} when there is no vocabulary, a file is damaged, or the model is not a Unigram model.
   * @throws {CheckpointError} when a URL or the hub fails.
   */
  static async fromPretrained(
    source: string,
    options: DebertaV2SlowTokenizerOptions & SourceOptions = {},
  ): Promise<DebertaV2Tokenizer> {
    const read = await readTokenizerSource(source, false, options);
    const { path, bytes } = read.model!;
    const model = SentencePieceModel.fromBytes(bytes, path);
    const engine = await loadEngine(model, options.engine, path);
    return new DebertaV2Tokenizer(model, engine, { ...read.options, ...withoutUndefined(options) }, read.unknown);
  }

  /**
   * Makes a tokenizer from the content of an `spm.model` file; works in browsers.
   *
   * @param bytes kept by the tokenizer: do not change them afterwards.
   * @throws {TokenizerError} when the bytes are not a SentencePiece Unigram model.
   */
  static async fromModel(bytes: Uint8Array, options: DebertaV2SlowTokenizerOptions = {}): Promise<DebertaV2Tokenizer> {
    const model = SentencePieceModel.fromBytes(bytes);
    return new DebertaV2Tokenizer(model, await loadEngine(model, options.engine), options);
  }

  override trim(corpus: Corpus, options: TrimOptions = {}): Promise<TrimmedTokenizer<DebertaV2Tokenizer>> {
    return this.trimBy(corpus, options, this.#model.indispensablePieces, async ({ pieces }, changed) => {
      const model = this.#model.withPieces(pieces);
      const engine = await loadEngine(model, engineName(this.#engine));
      return new DebertaV2Tokenizer(model, engine, changed, this.unknownSettings);
    });
  }

  /**
   * Text of tokens: pieces joined by SentencePiece's rules, special tokens as they are with a space before each run.
   *
   * @example
   * tokenizer.convertTokensToString(['▁Call', '▁me', '[MASK]', '.']); // 'Call me[MASK].'
   */
  convertTokensToString(tokens: readonly string[]): string {
    return this.#decoder.joinTokens(tokens);
  }

  async saveVocabulary(folder: string, prefix?: string): Promise<string[]> {
    return saveModel(this.#model, folder, prefix);
  }

  protected get keepsPositions(): boolean {
    return false;
  }

  protected workerRecipe(): TokenizerRecipe {
    const engine = engineName(this.#engine);
    return { kind: 'slow', engine, bytes: this.#model.bytes, options: this.currentOptions() };
  }

  protected get segmenter(): SlowSegmenter {
    return this.#segmenter;
  }

  protected encodeInputs(
    inputs: CallInputs,
    options: CallOptions,
    strategies: ResolvedStrategies,
    padding: PaddingSettings,
  ): CallResult<Encoding> | CallResult<BatchEncoding> {
    return callSlow(inputs, options, strategies, padding, {
      template: this,
      truncationSide: this.truncationSide,
      idsOf: (text) => this.#segmenter.encodeIds(text),
      warn: (message) => this.warnOnce(message),
      fail: (problem) => logger.error(problem),
      checkLength: (length) => this.warnOfLength(length),
    });
  }

  protected decodeIds(ids: ArrayLike<number>, skipSpecialTokens: boolean): string {
    return this.#decoder.decode(this.convertIdsToTokens(ids, { skipSpecialTokens }), skipSpecialTokens);
  }

  protected onVocabularyChange(): void {
    this.#segmenter = new SlowSegmenter(this.#engine, this.vocabulary, this);
    this.#decoder = new SlowDecoder(this.#model, this.vocabulary);
  }
}
