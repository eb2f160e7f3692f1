import { TokenizerError } from '../errors';
import { writeFileAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import type { SourceOptions } from '../sources/source_options';
import { withoutUndefined } from '../without_undefined';
import type { CallInputs, TextInput } from './encoding/call_inputs';
import type { CallOptions, ResolvedStrategies } from './encoding/call_options';
import type { BatchEncoding, Encoding, TensorEncoding } from './encoding/encoding';
import { callFast } from './encoding/fast_call';
import type { PaddingSettings } from './encoding/pad_encodings';
import type { CallResult } from './encoding/position_maps';
import { surround } from './encoding/sequence_template';
import type { TokenizerRecipe } from './encoding/worker_messages';
import type { FastBackend } from './fast_backend';
import { type FastTokenizerParts, partsOfJson, partsOfModel, type TokenizerAlgorithm } from './fast_tokenizer_parts';
import type { TokenizerJson } from './pipeline/tokenizer_json_from_model';
import { PreTrainedTokenizer } from './pretrained_tokenizer';
import { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import { readTokenizerSource, TOKENIZER_FILE } from './tokenizer_source';
import type { Corpus, TrimmedTokenizer, TrimOptions } from './trim_tokenizer';
import { saveModel } from './vocabulary_file';

/** Options of {@link DebertaV2TokenizerFast}. */
export interface DebertaV2TokenizerFastOptions extends DebertaV2TokenizerOptions {
  /**
   * `'slow'` (default where there is an `spm.model`): the tokens of the slow class, which DeBERTa was trained with.
   * `'fast'`: those of Hugging Face's fast class, as `tokenizer.json` describes them or as Hugging Face converts an
   * `spm.model`: no byte fallback (unknown text becomes `[UNK]`), and a character map that works by graphemes.
   */
  algorithm?: TokenizerAlgorithm;
}

/**
 * Turns text into token ids for DeBERTa v2 and v3, and knows where in the text each token stands.
 *
 * With an `spm.model` the tokens are those of {@link DebertaV2Tokenizer} by default; `algorithm: 'fast'` gives those of
 * `DebertaV2TokenizerFast` of Hugging Face transformers 4.57. Truncation, overflowing tokens and positions are those of
 * the latter in both cases; positions count UTF-16 code units, as JavaScript's strings do.
 *
 * @example
 * const tokenizer = await DebertaV2TokenizerFast.fromPretrained('deberta-v3-small');
 * const batch = tokenizer.call('Call me Ishmael.', { returnOffsetsMapping: true });
 * batch.offset_mapping; // [[0, 0], [0, 4], [4, 7], [7, 15], [15, 16], [0, 0]]
 * batch.wordIds(); // [null, 0, 1, 2, 2, null]
 */
export class DebertaV2TokenizerFast extends PreTrainedTokenizer {
  /** Whose tokens these are. */
  readonly algorithm: TokenizerAlgorithm;
  readonly #parts: FastTokenizerParts;
  #backend: FastBackend;

  private constructor(parts: FastTokenizerParts, unknownSettings: Readonly<Record<string, unknown>> = {}) {
    super(parts.pieces, parts.options, unknownSettings);
    this.algorithm = parts.algorithm;
    this.#parts = parts;
    this.#backend = parts.makeBackend(this.vocabulary, this);
  }

  /**
   * Reads a tokenizer from a checkpoint, an `spm.model` file or a `tokenizer.json` file.
   *
   * @param source a folder with `spm.model`, `tokenizer.json` or both, and, where there are any,
   *   `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`; or the path of a vocabulary file;
   *   or an `http(s)` URL of either; or a model of the Hugging Face hub (`owner/name`).
   * @param options override what the files say, and say how files are fetched.
   * @throws {TokenizerError} when there is no vocabulary, or a file is damaged or of another kind.
   * @throws {CheckpointError} when a URL or the hub fails.
   */
  static async fromPretrained(
    source: string,
    options: DebertaV2TokenizerFastOptions & SourceOptions = {},
  ): Promise<DebertaV2TokenizerFast> {
    const read = await readTokenizerSource(source, true, options);
    const { algorithm = savedAlgorithm(read.unknown), ...given } = withoutUndefined(options);
    const settings = { ...read.options, ...given };
    if (read.model === undefined || algorithm === 'fast') {
      const tokenizer = await read.readTokenizer();
      if (read.model === undefined) requireFast(algorithm);
      if (tokenizer !== undefined) {
        const model = read.model && SentencePieceModel.fromBytes(read.model.bytes, read.model.path);
        return new DebertaV2TokenizerFast(partsOfJson(tokenizer, settings, model), read.unknown);
      }
    }
    const model = SentencePieceModel.fromBytes(read.model!.bytes, read.model!.path);
    return new DebertaV2TokenizerFast(partsOfModel(model, algorithm, settings), read.unknown);
  }

  /**
   * Makes a tokenizer from the content of an `spm.model` file; works in browsers.
   *
   * @param bytes kept by the tokenizer: do not change them afterwards.
   * @throws {TokenizerError} when the bytes are not a SentencePiece Unigram model.
   */
  static async fromModel(
    bytes: Uint8Array,
    options: DebertaV2TokenizerFastOptions = {},
  ): Promise<DebertaV2TokenizerFast> {
    const { algorithm, ...settings } = options;
    return new DebertaV2TokenizerFast(partsOfModel(SentencePieceModel.fromBytes(bytes), algorithm, settings));
  }

  /**
   * Makes a tokenizer from the content of a `tokenizer.json` file; works in browsers.
   *
   * @param content the file, parsed.
   * @throws {TokenizerError} naming the key of what is missing, not allowed, or not known.
   */
  static fromJson(content: unknown, options: DebertaV2TokenizerFastOptions = {}): DebertaV2TokenizerFast {
    const { algorithm, ...settings } = options;
    requireFast(algorithm);
    return new DebertaV2TokenizerFast(
      partsOfJson({ path: TOKENIZER_FILE, content }, withoutUndefined(settings), undefined),
    );
  }

  override call(text: TextInput, options: CallOptions & { returnTensors: 'tf' }): TensorEncoding;
  override call(text: TextInput, options: CallOptions & { returnOverflowingTokens: true }): CallResult<BatchEncoding>;
  override call(text: readonly string[], options: CallOptions & { isSplitIntoWords: true }): CallResult<Encoding>;
  override call(text: string, options?: CallOptions): CallResult<Encoding>;
  override call(
    text: readonly string[] | readonly (readonly string[])[],
    options?: CallOptions,
  ): CallResult<BatchEncoding>;
  override call(text: TextInput, options?: CallOptions): CallResult<Encoding | BatchEncoding> | TensorEncoding;
  override call(text: TextInput, options?: CallOptions): CallResult<Encoding | BatchEncoding> | TensorEncoding {
    return super.call(text, options);
  }

  override trim(corpus: Corpus, options: TrimOptions = {}): Promise<TrimmedTokenizer<DebertaV2TokenizerFast>> {
    const parts = this.#parts;
    return this.trimBy(corpus, options, parts.indispensableIds(), async (numbering, changed) => {
      return new DebertaV2TokenizerFast(parts.withTokens(numbering, changed), this.unknownSettings);
    });
  }

  convertTokensToString(tokens: readonly string[]): string {
    return this.#backend.joinTokens(tokens);
  }

  /**
   * What this tokenizer is as a `tokenizer.json`: Hugging Face's Rust library reads it and gives the same ids.
   *
   * With the algorithm `'slow'` a few texts come out otherwise there, since that library applies the character map by
   * grapheme clusters and settles ties in another way.
   */
  toTokenizerJson(): TokenizerJson {
    return this.#parts.toJson(this.vocabulary);
  }

  /**
   * Writes everything that `fromPretrained` of this package or of Hugging Face needs, `tokenizer.json` included.
   *
   * @returns the paths of the files.
   * @throws {OutputError} when they cannot be written.
   */
  override async savePretrained(folder: string): Promise<string[]> {
    const path = nodeBuiltin('node:path').join(folder, TOKENIZER_FILE);
    await writeFileAtomically(path, `${JSON.stringify(this.toTokenizerJson())}\n`);
    return [...(await super.savePretrained(folder)), path];
  }

  async saveVocabulary(folder: string, prefix?: string): Promise<string[]> {
    const { model } = this.#parts;
    if (model !== undefined) return saveModel(model, folder, prefix);
    throw new TokenizerError(
      'A tokenizer that was read from tokenizer.json alone has no spm.model to save; use savePretrained.',
      { expected: 'spm.model' },
    );
  }

  protected override vocabularyFiles(folder: string): Promise<string[]> {
    return this.#parts.model === undefined ? Promise.resolve([]) : this.saveVocabulary(folder);
  }

  protected override settingsFiles(): Record<string, string> {
    // Without this, the model would be read again by the algorithm 'slow'.
    const isChosen = this.#parts.model !== undefined && this.algorithm === 'fast';
    return super.settingsFiles(isChosen ? { algorithm: this.algorithm } : {});
  }

  protected get keepsPositions(): boolean {
    return true;
  }

  protected workerRecipe(): TokenizerRecipe {
    const { model } = this.#parts;
    const options = this.currentOptions();
    if (model !== undefined && this.algorithm === 'slow') return { kind: 'fast model', bytes: model.bytes, options };
    return { kind: 'fast json', content: this.toTokenizerJson(), options };
  }

  protected get segmenter(): FastBackend {
    return this.#backend;
  }

  protected encodeInputs(
    inputs: CallInputs,
    options: CallOptions,
    strategies: ResolvedStrategies,
    padding: PaddingSettings,
  ): CallResult<Encoding> | CallResult<BatchEncoding> {
    const { vocabulary } = this;
    return callFast(inputs, options, strategies, padding, {
      engine: this.#backend,
      template: this.#backend.template,
      truncationSide: this.truncationSide,
      padToken: this.padToken,
      tokenOf: (id) => vocabulary.tokenOf(id),
      checkLength: (length) => this.warnOfLength(length),
      warn: (message) => this.warnOnce(message),
    });
  }

  protected decodeIds(ids: ArrayLike<number>, skipSpecialTokens: boolean): string {
    return this.#backend.decode(Array.from(ids), skipSpecialTokens);
  }

  protected override addSpecialIds(ids: readonly number[]): number[] {
    return surround(this.#backend.template, ids);
  }

  protected onVocabularyChange(): void {
    this.#backend = this.#parts.makeBackend(this.vocabulary, this);
  }
}

/** The algorithm that `savePretrained` wrote down. */
function savedAlgorithm({ algorithm }: Readonly<Record<string, unknown>>): TokenizerAlgorithm | undefined {
  return algorithm === 'slow' || algorithm === 'fast' ? algorithm : undefined;
}

function requireFast(algorithm: TokenizerAlgorithm | undefined): void {
  if (algorithm !== 'slow') return;
  throw new TokenizerError(
    "algorithm: 'slow' needs an spm.model, and there is a tokenizer.json alone; leave the option out to have what that file says.",
    { path: 'algorithm', expected: 'fast', received: algorithm },
  );
}
