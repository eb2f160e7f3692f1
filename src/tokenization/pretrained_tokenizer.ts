import { TokenizerError } from '../errors';
import { logger } from '../logger';
import { cleanUpSpaces } from './clean_up_spaces';
import { joinRows, splitRows } from './encoding/batch_rows';
import { type CallInputs, readCallInputs, type TextInput } from './encoding/call_inputs';
import {
  type CallOptions,
  checkCallOptions,
  type PadOptions,
  type ResolvedStrategies,
  resolveStrategies,
} from './encoding/call_options';
import { encodeStream } from './encoding/encode_stream';
import type { BatchEncoding, Encoding, TensorEncoding } from './encoding/encoding';
import { type PaddingSettings, type PaddingStrategy, padEncodings, padSingle } from './encoding/pad_encodings';
import { type CallResult, positionsOf, withPositionMaps } from './encoding/position_maps';
import { toTensorEncoding } from './encoding/tensor_encoding';
import type { EncodeBatchOptions, StreamedText } from './encoding/text_batches';
import type { TokenizerRecipe } from './encoding/worker_messages';
import type { TokenNumbering } from './token_numbering';
import type { TokenizerEngine } from './tokenizer_engine';
import type { DebertaV2TokenizerOptions } from './tokenizer_options';
import { TokenizerWithSettings } from './tokenizer_with_settings';
import { type Corpus, type TrimmedTokenizer, type TrimOptions, trimTokenizer } from './trim_tokenizer';

/** Options of a tokenizer's `decode`. */
export interface DecodeOptions {
  /** Leaves special tokens out, false by default. */
  skipSpecialTokens?: boolean;
  /** Removes spaces before punctuation and English contractions; the tokenizer's setting by default. */
  cleanUpTokenizationSpaces?: boolean;
}

/**
 * What the slow and the fast tokenizer have in common; mirrors `PreTrainedTokenizerBase` of Hugging Face in camelCase.
 */
export abstract class PreTrainedTokenizer extends TokenizerWithSettings {
  /** Whether results know the positions of their tokens. */
  protected abstract readonly keepsPositions: boolean;

  /** Cuts whole texts into tokens, added tokens included. */
  protected abstract readonly segmenter: TokenizerEngine & { encodeIds(text: string): number[] };

  /** Encodes what `call` was given, all options but `returnTensors` taken into account. */
  protected abstract encodeInputs(
    inputs: CallInputs,
    options: CallOptions,
    strategies: ResolvedStrategies,
    padding: PaddingSettings,
  ): CallResult<Encoding> | CallResult<BatchEncoding>;

  /** Text of ids, spaces as they are. */
  protected abstract decodeIds(ids: ArrayLike<number>, skipSpecialTokens: boolean): string;

  /** What a worker thread needs to make the same tokenizer. */
  protected abstract workerRecipe(): TokenizerRecipe;

  /** Text of tokens, as they are in the middle of a text. */
  abstract convertTokensToString(tokens: readonly string[]): string;

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
    return this.segmenter.encodePieces(text);
  }

  /** Ids of a text or pair, special tokens included: `call(text, options).input_ids`. */
  encode(text: string | readonly string[], options?: Omit<CallOptions, 'returnTensors'>): number[] {
    if (options === undefined && typeof text === 'string') {
      const ids = this.addSpecialIds(this.segmenter.encodeIds(text));
      this.warnOfLength(ids.length);
      return ids;
    }
    const { textPair, isSplitIntoWords = false, ...others } = options ?? {};
    const inputs = readCallInputs(text, textPair, isSplitIntoWords);
    if (inputs.batched) {
      throw new TokenizerError('encode takes one text, received a list; use call for a list of texts.', {
        path: 'text',
        expected: 'a string',
        received: text,
      });
    }
    const encoding = this.#encode(inputs, { ...others, isSplitIntoWords, returnOverflowingTokens: false });
    return (encoding as Encoding).input_ids;
  }

  /**
   * Turns a text or a list of texts into what a model takes (`__call__` of Hugging Face's tokenizers).
   *
   * @param text a string, or a list of strings; with `isSplitIntoWords`, a list of words or a list of such lists.
   * @returns lists of numbers for one text, lists of rows for several, and tensors `[B, S]` with `returnTensors: 'tf'`
   *   in both cases. Each has the methods of {@link PositionMaps}; to use them on tensors, say
   *   `batch as TensorEncoding & PositionMaps` (with the methods in its type, `tf.dispose` would not take it).
   * @throws {TokenizerError} for input that is not text, options that are not allowed, and tensors of rows that differ
   *   in length.
   *
   * @example
   * tokenizer.call('Who wrote it?', { textPair: context, truncation: 'only_second', maxLength: 384 });
   */
  call(text: TextInput, options: CallOptions & { returnTensors: 'tf' }): TensorEncoding;
  call(text: readonly string[], options: CallOptions & { isSplitIntoWords: true }): CallResult<Encoding>;
  call(text: string, options?: CallOptions): CallResult<Encoding>;
  call(text: readonly string[] | readonly (readonly string[])[], options?: CallOptions): CallResult<BatchEncoding>;
  call(text: TextInput, options?: CallOptions): CallResult<Encoding | BatchEncoding> | TensorEncoding;
  call(text: TextInput, options: CallOptions = {}): CallResult<Encoding | BatchEncoding> | TensorEncoding {
    const inputs = readCallInputs(text, options.textPair, options.isSplitIntoWords ?? false);
    const encoded = this.#encode(inputs, options);
    if (options.returnTensors !== 'tf') return encoded;
    return this.#toTensors(encoded);
  }

  /**
   * Encodes a stream of texts batch by batch, in order.
   *
   * Texts are read as batches are asked for, so that memory does not grow with their number. With `workers` some batches
   * are encoded ahead, two for each thread; the threads end with the stream, also when it is left early.
   *
   * @param texts texts, or pairs `[text, textPair]`; with `isSplitIntoWords`, lists of words.
   * @throws {TokenizerError} as {@link call} does; for `workers` outside Node.
   *
   * @example
   * for await (const batch of tokenizer.encodeBatch(lines, { truncation: true, maxLength: 512, workers: 4 })) {
   *   write(batch.input_ids);
   * }
   */
  encodeBatch(
    texts: Iterable<StreamedText> | AsyncIterable<StreamedText>,
    options: EncodeBatchOptions & { returnTensors: 'tf' },
  ): AsyncGenerator<TensorEncoding, void, undefined>;
  encodeBatch(
    texts: Iterable<StreamedText> | AsyncIterable<StreamedText>,
    options?: EncodeBatchOptions,
  ): AsyncGenerator<CallResult<BatchEncoding>, void, undefined>;
  async *encodeBatch(
    texts: Iterable<StreamedText> | AsyncIterable<StreamedText>,
    options: EncodeBatchOptions = {},
  ): AsyncGenerator<CallResult<BatchEncoding> | TensorEncoding, void, undefined> {
    const batches = encodeStream(texts, options, {
      keepsPositions: this.keepsPositions,
      call: (list, callOptions) => this.call(list, callOptions),
      recipe: () => this.workerRecipe(),
      log: ({ level, message }) => (level === 'warn' ? this.warnOnce(message) : logger.error(message)),
    });
    for await (const batch of batches) yield options.returnTensors === 'tf' ? this.#toTensors(batch) : batch;
  }

  /**
   * Text of ids.
   *
   * @param ids an id, or any list of them (the values of a tensor, for example).
   */
  decode(ids: number | ArrayLike<number>, options: DecodeOptions = {}): string {
    const { skipSpecialTokens = false, cleanUpTokenizationSpaces = this.cleanUpTokenizationSpaces } = options;
    const text = this.decodeIds(typeof ids === 'number' ? [ids] : ids, skipSpecialTokens);
    return cleanUpTokenizationSpaces ? cleanUpSpaces(text) : text;
  }

  /** Text of each list of ids. */
  batchDecode(rows: readonly ArrayLike<number>[], options: DecodeOptions = {}): string[] {
    return rows.map((ids) => this.decode(ids, options));
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
    const strategies = resolveStrategies({ ...options, padding }, this.modelMaxLength, (message) =>
      this.warnOnce(message),
    );
    const settings = this.#paddingSettings(strategies.padding, strategies.maxLength, options);
    if ('input_ids' in encodings && !isBatch(encodings)) {
      const padded = padSingle(encodings, settings);
      return returnTensors === 'tf' ? toTensorEncoding(joinRows([padded])) : padded;
    }
    const rows = 'input_ids' in encodings ? splitRows(encodings) : encodings;
    const batch = joinRows(padEncodings(rows, settings));
    return returnTensors === 'tf' ? toTensorEncoding(batch) : batch;
  }

  /**
   * A smaller tokenizer of this kind: the tokens that the texts of a corpus are cut into, and those that any text needs
   * (special and added tokens, pieces for bytes, and for the single characters of the pieces that stay). It cuts these
   * texts as this one does, and gives the tokens new ids without gaps, in their order: `[PAD]`, `[CLS]`, `[SEP]` and
   * `[UNK]` stay where they are, `[MASK]` comes behind the pieces. Other texts come out in smaller pieces, in bytes,
   * or as `[UNK]` where they hold a character that is gone. This tokenizer stays as it is.
   *
   * A model must have the same rows of its word embeddings: `trimVocabulary` does both.
   *
   * @throws {TokenizerError} for a corpus without a token, or that cannot be read twice; for tokens to keep that do not
   *   exist; and should a text come out otherwise, with its number.
   *
   * @example
   * const { tokenizer: small, oldIds } = await tokenizer.trim(lines, { keep: ['▁yes', '▁no'] });
   * model.keepTokenEmbeddings(oldIds);
   */
  abstract trim(corpus: Corpus, options?: TrimOptions): Promise<TrimmedTokenizer<PreTrainedTokenizer>>;

  /**
   * {@link trim} for a class of tokenizers.
   *
   * @param indispensableIds of the tokens that must stay beside added tokens.
   * @param remake makes a tokenizer of the class; its options have the added tokens by new ids.
   */
  protected trimBy<Tokenizer extends PreTrainedTokenizer>(
    corpus: Corpus,
    options: TrimOptions,
    indispensableIds: readonly number[],
    remake: (numbering: TokenNumbering, options: DebertaV2TokenizerOptions) => Promise<Tokenizer>,
  ): Promise<TrimmedTokenizer<Tokenizer>> {
    const { vocabulary } = this;
    return trimTokenizer(corpus, options, {
      vocabulary,
      indispensableIds,
      idsOf: (text) => this.segmenter.encodeIds(text),
      remake: async (numbering) => {
        const addedTokens = numbering.renumber(vocabulary.addedTokens);
        const tokenizer = await remake(numbering, { ...this.currentOptions(), addedTokens });
        return { tokenizer, idsOf: (text) => tokenizer.segmenter.encodeIds(text) };
      },
    });
  }

  /** Ids of one text with the special tokens around them. */
  protected addSpecialIds(ids: readonly number[]): number[] {
    return this.buildInputsWithSpecialTokens(ids);
  }

  #encode(inputs: CallInputs, options: CallOptions): CallResult<Encoding> | CallResult<BatchEncoding> {
    const unknown = checkCallOptions(options);
    if (unknown.length > 0) this.warnOnce(`Options that call does not know are ignored: ${unknown.join(', ')}.`);
    const strategies = resolveStrategies(options, this.modelMaxLength, (message) => this.warnOnce(message));
    const padding = this.#paddingSettings(strategies.padding, strategies.maxLength, options);
    return this.encodeInputs(inputs, options, strategies, padding);
  }

  /** Warns, once, of a text that is longer than the model can take. */
  protected warnOfLength(length: number): void {
    if (length <= this.modelMaxLength) return;
    const advice = 'the model cannot take it; ask for truncation.';
    this.warnOnce(`A text of ${length} tokens is longer than the ${this.modelMaxLength} allowed: ${advice}`, advice);
  }

  #toTensors(encoded: CallResult<Encoding> | CallResult<BatchEncoding>): CallResult<TensorEncoding> {
    const batch = isBatch(encoded) ? encoded : joinRows([encoded as Encoding]);
    return withPositionMaps(toTensorEncoding(batch), encoded.numRows, positionsOf(encoded));
  }

  /** What padding needs to know, by options and by this tokenizer's defaults. */
  #paddingSettings(
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
}

function isBatch(encoding: Encoding | BatchEncoding): encoding is BatchEncoding {
  return Array.isArray(encoding.input_ids[0]);
}
