import { TokenizerError } from '../errors';
import { logger } from '../logger';
import { withoutUndefined } from '../without_undefined';
import { AddedTokenSplitter } from './added_token_splitter';
import { joinRows } from './encoding/batch_rows';
import { type CallInputs, readCallInputs, type TextInput } from './encoding/call_inputs';
import { type CallOptions, requireInteger, resolveStrategies, unknownOptions } from './encoding/call_options';
import type { BatchEncoding, Encoding, TensorEncoding } from './encoding/encoding';
import { padEncodings } from './encoding/pad_encodings';
import { type PreparedEncoding, prepareEncoding } from './encoding/prepare_encoding';
import { toTensorEncoding } from './encoding/tensor_encoding';
import { lowerCaseExcept } from './lower_case_except';
import { PreTrainedTokenizer } from './pretrained_tokenizer';
import { decodePieces } from './sentencepiece/decode_pieces';
import { SentencePieceJsEngine } from './sentencepiece/sentencepiece_js_engine';
import { SentencePieceModel } from './sentencepiece/sentencepiece_model';
import { splitOnPunctuation } from './split_on_punctuation';
import type { TokenizerEngine } from './tokenizer_engine';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import { readTokenizerSource } from './tokenizer_source';
import { stripEnd, stripStart } from './white_space';

/** Options of {@link DebertaV2Tokenizer.decode}. */
export interface DecodeOptions {
  /** Leaves special tokens out, false by default. */
  skipSpecialTokens?: boolean;
  /** Removes spaces before punctuation and English contractions; the tokenizer's setting by default. */
  cleanUpTokenizationSpaces?: boolean;
}

/**
 * Turns text into token ids for DeBERTa v2 and v3, and ids into text.
 *
 * Gives the tokens and ids of `DebertaV2Tokenizer` (the slow class) of Hugging Face transformers 4.57 for the same
 * `spm.model`: with a model that has byte fallback, characters outside the vocabulary become byte pieces. The
 * segmentation is done by sentencepiece-js; where two segmentations score exactly alike it may choose the other one (see
 * `SentencePieceJsEngine`).
 *
 * @example
 * const tokenizer = await DebertaV2Tokenizer.fromPretrained('deberta-v3-small');
 * tokenizer.tokenize('Call me Ishmael.'); // ['▁Call', '▁me', '▁Ishmael', '.']
 * tokenizer.call(['a text', 'another'], { padding: true, truncation: true, maxLength: 128, returnTensors: 'tf' });
 */
export class DebertaV2Tokenizer extends PreTrainedTokenizer {
  readonly #engine: TokenizerEngine;
  readonly #splitter: AddedTokenSplitter;
  readonly #keptCase: readonly string[];
  readonly #standsAlone: ReadonlySet<string>;

  /**
   * @param model the vocabulary.
   * @param engine segments by the same model; {@link fromPretrained} and {@link fromModel} make one.
   * @param unknownSettings keys of `tokenizer_config.json` to be written back by `savePretrained`.
   */
  constructor(
    model: SentencePieceModel,
    engine: TokenizerEngine,
    options: DebertaV2TokenizerOptions = {},
    unknownSettings: Readonly<Record<string, unknown>> = {},
  ) {
    super(model, options, unknownSettings);
    this.#engine = engine;
    const added = [...this.vocabulary.addedTokens.values()];
    const { allSpecialTokens, specialTokens, vocabSize } = this.vocabulary;
    this.#splitter = new AddedTokenSplitter(this.splitSpecialTokens ? [] : added);
    const normalized = added.filter((token) => !token.special && token.normalized);
    this.#keptCase = [...allSpecialTokens, ...normalized.map(({ content }) => content)];
    const ordinary = added.filter(({ content }) => !allSpecialTokens.includes(content));
    const beyond = specialTokens.additionalSpecialTokens.filter(
      ({ content }) => this.vocabulary.idOf(content) >= vocabSize,
    );
    this.#standsAlone = new Set([...ordinary, ...beyond].map(({ content }) => content));
  }

  /**
   * Reads a tokenizer from a checkpoint folder or an `spm.model` file.
   *
   * @param source a folder with `spm.model` and, where there are any, `tokenizer_config.json`,
   *   `special_tokens_map.json` and `added_tokens.json`; or the path of the model file alone.
   * @param options override what the files say.
   * @throws {TokenizerError} when there is no vocabulary, a file is damaged, or the model is not a Unigram model.
   */
  static async fromPretrained(source: string, options: DebertaV2TokenizerOptions = {}): Promise<DebertaV2Tokenizer> {
    const { modelBytes, modelPath, options: saved, unknown } = await readTokenizerSource(source);
    const model = SentencePieceModel.fromBytes(modelBytes, modelPath);
    const engine = await SentencePieceJsEngine.load(model, modelPath);
    return new DebertaV2Tokenizer(model, engine, { ...saved, ...withoutUndefined(options) }, unknown);
  }

  /**
   * Makes a tokenizer from the content of an `spm.model` file.
   *
   * @param bytes kept by the tokenizer: do not change them afterwards.
   * @throws {TokenizerError} when the bytes are not a SentencePiece Unigram model.
   */
  static async fromModel(bytes: Uint8Array, options: DebertaV2TokenizerOptions = {}): Promise<DebertaV2Tokenizer> {
    const model = SentencePieceModel.fromBytes(bytes);
    return new DebertaV2Tokenizer(model, await SentencePieceJsEngine.load(model), options);
  }

  /**
   * Cuts a text into tokens, without adding special ones; those in the text are kept whole.
   *
   * @throws {TokenizerError} for what is no string.
   *
   * @example
   * tokenizer.tokenize('the [MASK] whale'); // ['▁the', '[MASK]', '▁whale']
   */
  tokenize(text: string): string[] {
    if (typeof text !== 'string') {
      throw new TokenizerError(`tokenize takes a string, received ${typeof text}; use call for lists of texts.`, {
        expected: 'a string',
        received: text,
      });
    }
    const cased = this.doLowerCase ? lowerCaseExcept(text, this.#keptCase) : text;
    return this.#splitter
      .split(cased)
      .flatMap((segment) => (segment.added ? [segment.text] : this.#tokenizeSegment(segment.text)));
  }

  /** Ids of a text or pair, special tokens included: `call(text, options).input_ids`. */
  encode(text: string | readonly string[], options: Omit<CallOptions, 'returnTensors'> = {}): number[] {
    const { batched, examples } = readCallInputs(text, options.textPair, options.isSplitIntoWords ?? false);
    if (batched) {
      throw new TokenizerError('encode takes one text, received a list; use call for a list of texts.', {
        path: 'text',
        expected: 'a string',
        received: text,
      });
    }
    return (this.#encodeAll({ batched, examples }, options) as Encoding).input_ids;
  }

  /**
   * Turns a text or a list of texts into what a model takes (`__call__` of Hugging Face's tokenizers).
   *
   * @param text a string, or a list of strings; with `isSplitIntoWords`, a list of words or a list of such lists.
   * @returns lists of numbers for one text, lists of rows for several, and tensors `[B, S]` with `returnTensors: 'tf'`
   *   in both cases.
   * @throws {TokenizerError} for input that is not text, options that are not allowed, and tensors of rows that differ
   *   in length.
   *
   * @example
   * tokenizer.call('Who wrote it?', { textPair: context, truncation: 'only_second', maxLength: 384 });
   */
  call(text: TextInput, options: CallOptions & { returnTensors: 'tf' }): TensorEncoding;
  call(text: readonly string[], options: CallOptions & { isSplitIntoWords: true }): Encoding;
  call(text: string, options?: CallOptions): Encoding;
  call(text: readonly string[] | readonly (readonly string[])[], options?: CallOptions): BatchEncoding;
  call(text: TextInput, options: CallOptions = {}): Encoding | BatchEncoding | TensorEncoding {
    const inputs = readCallInputs(text, options.textPair, options.isSplitIntoWords ?? false);
    const encoded = this.#encodeAll(inputs, options);
    if (options.returnTensors !== 'tf') return encoded;
    return toTensorEncoding(inputs.batched ? (encoded as BatchEncoding) : joinRows([encoded as Encoding]));
  }

  /**
   * Text of ids.
   *
   * @param ids an id, or any list of them (the values of a tensor, for example).
   */
  decode(ids: number | ArrayLike<number>, options: DecodeOptions = {}): string {
    const { skipSpecialTokens = false, cleanUpTokenizationSpaces = this.cleanUpTokenizationSpaces } = options;
    const skipped = new Set(skipSpecialTokens ? this.vocabulary.allSpecialTokens : []);
    const list = typeof ids === 'number' ? [ids] : ids;
    const tokens = this.convertIdsToTokens(list, { skipSpecialTokens }).filter((token) => !skipped.has(token));

    const texts: string[] = [];
    let group: string[] = [];
    for (const token of tokens) {
      if (this.#standsAlone.has(token)) {
        const text = this.convertTokensToString(group);
        texts.push(...(text === '' ? [token] : [text, token]));
        group = [];
      } else group.push(token);
    }
    if (group.length > 0) texts.push(this.convertTokensToString(group));
    const text = texts.join(' ');
    return cleanUpTokenizationSpaces ? cleanUp(text) : text;
  }

  /** Text of each list of ids. */
  batchDecode(rows: readonly ArrayLike<number>[], options: DecodeOptions = {}): string[] {
    return rows.map((ids) => this.decode(ids, options));
  }

  /**
   * Text of tokens: pieces joined by SentencePiece's rules, special tokens as they are with a space before each run.
   *
   * @example
   * tokenizer.convertTokensToString(['▁Call', '▁me', '[MASK]', '.']); // 'Call me[MASK].'
   */
  convertTokensToString(tokens: readonly string[]): string {
    const special = new Set(this.vocabulary.allSpecialTokens);
    let text = '';
    let pieces: string[] = [];
    let previousIsSpecial = false;
    for (const token of tokens) {
      if (special.has(token)) {
        // The space goes before the pieces, not after them: so the reference writes it.
        text += `${previousIsSpecial ? '' : ' '}${decodePieces(this.model, pieces)}${token}`;
        pieces = [];
      } else pieces.push(token);
      previousIsSpecial = special.has(token);
    }
    return stripStart(stripEnd(text + decodePieces(this.model, pieces)));
  }

  #tokenizeSegment(text: string): string[] {
    const cased = this.doLowerCase ? text.toLowerCase() : text;
    const parts = this.splitByPunct ? splitOnPunctuation(cased) : [cased];
    return parts.flatMap((part) => this.#engine.encodePieces(part));
  }

  #encodeAll({ batched, examples }: CallInputs, options: CallOptions): Encoding | BatchEncoding {
    this.#checkOptions(options);
    const strategies = resolveStrategies(options, this.modelMaxLength, (message) => this.warnOnce(message));
    const settings = this.paddingSettings(strategies.padding, strategies.maxLength, options);
    const rows = examples.map(({ first, second }) => {
      const firstIds = this.#idsOf(first);
      const secondIds = second === undefined ? undefined : this.#idsOf(second);
      const prepared = prepareEncoding(firstIds, secondIds, options, strategies, this.truncationSide, this);
      this.#report(prepared, strategies.maxLength);
      return prepared.encoding;
    });
    const measure = (encoding: Encoding): Encoding =>
      options.returnLength ? { ...encoding, length: encoding.input_ids.length } : encoding;
    if (batched) return joinRows(padEncodings(rows.map(measure), settings));
    return measure(this.padSingle(rows[0]!, settings));
  }

  #idsOf(texts: readonly string[]): number[] {
    return texts.flatMap((text) => this.convertTokensToIds(this.tokenize(text)));
  }

  #checkOptions(options: CallOptions): void {
    const { returnOffsetsMapping, stride, returnTensors } = options;
    const unknown = unknownOptions(options);
    if (unknown.length > 0) this.warnOnce(`Options that call does not know are ignored: ${unknown.join(', ')}.`);
    requireInteger('stride', stride, 0);
    if (returnOffsetsMapping) {
      throw new TokenizerError(
        'The slow tokenizer keeps no offsets, received returnOffsetsMapping: true; leave that option out.',
        { path: 'returnOffsetsMapping', expected: false, received: true },
      );
    }
    if (returnTensors !== undefined && returnTensors !== 'tf') {
      throw new TokenizerError(
        `Option returnTensors must be 'tf' or left out, received ${JSON.stringify(returnTensors)}.`,
        {
          path: 'returnTensors',
          expected: 'tf',
          received: returnTensors,
        },
      );
    }
  }

  #report({ encoding, problem, note }: PreparedEncoding, maxLength: number | undefined): void {
    if (problem !== undefined) logger.error(problem);
    if (note !== undefined) this.warnOnce(note);
    const { length } = encoding.input_ids;
    if (maxLength === undefined && length > this.modelMaxLength) {
      const advice = 'the model cannot take it; ask for truncation.';
      this.warnOnce(`A text of ${length} tokens is longer than the ${this.modelMaxLength} allowed: ${advice}`, advice);
    }
  }
}

/** Undoes the spaces that a tokenizer of words would leave (`clean_up_tokenization` of the reference). */
function cleanUp(text: string): string {
  return CLEAN_UPS.reduce((cleaned, [found, replacement]) => cleaned.replaceAll(found, replacement), text);
}

const CLEAN_UPS = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;
