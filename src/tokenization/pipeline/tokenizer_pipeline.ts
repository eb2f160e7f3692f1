import { logger } from '../../logger';
import type { AddedToken } from '../added_token';
import type { SequenceTemplate } from '../encoding/sequence_template';
import { TokenList } from '../token_list';
import type { AlignedEngine } from '../tokenizer_engine';
import { AddedVocabulary } from './added_vocabulary';
import type { Decoder } from './decoders/decoder';
import { readDecoder } from './decoders/read_decoder';
import { type JsonPlace, parseAt, placeWithin } from './json_place';
import { readNormalizer } from './normalizers/read_normalizer';
import type { PreTokenizer } from './pre_tokenizers/pre_tokenizer';
import { readPreTokenizer } from './pre_tokenizers/read_pre_tokenizer';
import type { SplitList } from './split_list';
import { PLAIN_TEMPLATE, readPostProcessor } from './template_processing';
import { readUnigram, type StoredPadding, type StoredTruncation, tokenizerJsonSchema } from './tokenizer_json_schema';
import { UnigramModel } from './unigram_model';

/** Parts of a pipeline. */
interface PipelineParts {
  readonly preTokenizer: PreTokenizer | undefined;
  readonly model: UnigramModel;
  readonly decoder: Decoder | undefined;
  readonly added: AddedVocabulary;
  readonly template: SequenceTemplate;
  readonly truncation: StoredTruncation | undefined;
  readonly padding: StoredPadding | undefined;
}

/**
 * A tokenizer as a `tokenizer.json` describes it, run as Hugging Face's Rust library `tokenizers` runs it.
 *
 * Knows every component that a tokenizer of DeBERTa can have; any other is an error when the file is read. Does not
 * change: {@link withAddedTokens} makes another one.
 *
 * @example
 * const pipeline = TokenizerPipeline.fromJson(JSON.parse(await readFile('tokenizer.json', 'utf8')), 'tokenizer.json');
 * pipeline.encodePieces('Call me Ishmael.'); // ['▁Call', '▁me', '▁Ishmael', '.']
 */
export class TokenizerPipeline implements AlignedEngine {
  /** Which special tokens go around one sequence and around two. */
  readonly template: SequenceTemplate;
  /** Truncation that the file asks for. */
  readonly truncation: StoredTruncation | undefined;
  /** Padding that the file asks for. */
  readonly padding: StoredPadding | undefined;
  readonly #parts: PipelineParts;

  private constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.template = parts.template;
    this.truncation = parts.truncation;
    this.padding = parts.padding;
  }

  /**
   * Reads a tokenizer.
   *
   * @param content of the file, parsed.
   * @param path names the file in error messages.
   * @throws {TokenizerError} naming the key of what is missing, not allowed, or not known.
   */
  static fromJson(content: unknown, path = 'tokenizer.json'): TokenizerPipeline {
    const root: JsonPlace = { file: path, key: '', depth: 0 };
    const json = parseAt(tokenizerJsonSchema, content, root);
    const read = <Component>(key: keyof typeof json, reader: (value: unknown, place: JsonPlace) => Component) =>
      json[key] == null ? undefined : reader(json[key], placeWithin(root, key));
    const model = new UnigramModel(readUnigram(json.model, placeWithin(root, 'model')));
    const normalizer = read('normalizer', readNormalizer);
    const base = { size: model.vocabulary.pieces.length, idOf: (token: string) => model.idOf(token), normalizer };
    const added = AddedVocabulary.empty(base).with(json.added_tokens.map(({ token }) => token));
    warnOfOtherIds(json.added_tokens, added, path);
    return new TokenizerPipeline({
      preTokenizer: read('pre_tokenizer', readPreTokenizer),
      model,
      decoder: read('decoder', readDecoder),
      added,
      template: read('post_processor', readPostProcessor) ?? PLAIN_TEMPLATE,
      truncation: json.truncation ?? undefined,
      padding: json.padding ?? undefined,
    });
  }

  /** Pieces of the model by id, without added tokens. */
  get pieces(): readonly string[] {
    return this.#parts.model.vocabulary.pieces;
  }

  /** Log probabilities of {@link pieces}. */
  get scores(): Float64Array {
    return this.#parts.model.vocabulary.scores;
  }

  /** Id of the piece that stands for everything unknown. */
  get unkId(): number {
    return this.#parts.model.vocabulary.unkId;
  }

  /** Whether unknown text becomes `<0xNN>` pieces. */
  get hasByteFallback(): boolean {
    return this.#parts.model.vocabulary.byteFallback;
  }

  /** Number of pieces of the model. */
  get vocabSize(): number {
    return this.pieces.length;
  }

  /** Number of different tokens, added ones included. */
  get length(): number {
    const { added, model } = this.#parts;
    let count = this.vocabSize;
    for (const content of added.ids.keys()) if (model.idOf(content) === undefined) count++;
    return count;
  }

  /** Added tokens by id, in the order of the ids. */
  get addedTokens(): ReadonlyMap<number, AddedToken> {
    return this.#parts.added.tokens;
  }

  /** Id of a token; undefined when there is no such token. */
  idOf(token: string): number | undefined {
    const { added, model } = this.#parts;
    return added.ids.get(token) ?? model.idOf(token);
  }

  /** Token of an id; undefined when there is no such id. */
  tokenOf(id: number): string | undefined {
    return this.#parts.added.tokens.get(id)?.content ?? this.pieces[id];
  }

  /** The same tokenizer with more added tokens: known ones keep their ids, others get the next free ones. */
  withAddedTokens(tokens: Iterable<AddedToken>): TokenizerPipeline {
    return new TokenizerPipeline({ ...this.#parts, added: this.#parts.added.with(tokens) });
  }

  /** The same tokenizer, where special tokens in a text are tokenized like ordinary text or not. */
  withSpecialTokensSplit(splitsSpecial: boolean): TokenizerPipeline {
    return new TokenizerPipeline({ ...this.#parts, added: this.#parts.added.withSpecialTokensSplit(splitsSpecial) });
  }

  encodeIds(text: string): number[] {
    return this.#parts.model.encodeIds(this.#split(text));
  }

  encodePieces(text: string): string[] {
    const tokens = new TokenList();
    this.encode(text, tokens);
    return tokens.ids.map((id, index) => tokens.surfaces.get(index) ?? this.tokenOf(id)!);
  }

  /**
   * Appends the tokens of a text, without special tokens around them.
   *
   * An unknown token's surface is its normalized text, an added token's what it was found as, where that is not the
   * token itself: with the white space that it takes along.
   */
  encode(text: string, tokens: TokenList): void {
    const splits = this.#split(text);
    const { nextWord } = tokens;
    this.#parts.model.encode(splits, tokens, (index) => {
      const found = splits.texts[index]!;
      const start = splits.starts[index]!;
      const end = splits.ends[index]!;
      const id = splits.ids[index]!;
      const surface = found.text.slice(start, end);
      if (surface !== this.tokenOf(id)) tokens.surfaces.set(tokens.length, surface);
      tokens.push(id, found.startOf(start), found.endOf(end), nextWord + index);
    });
  }

  /** Text of tokens; ids that do not exist are left out. */
  decode(ids: Iterable<number>, { skipSpecialTokens = false }: { readonly skipSpecialTokens?: boolean } = {}): string {
    const { added, decoder } = this.#parts;
    const tokens: string[] = [];
    for (const id of ids) {
      const token = added.decodedText(id) ?? this.pieces[id];
      if (token !== undefined && !(skipSpecialTokens && added.isSpecial(token))) tokens.push(token);
    }
    return decoder === undefined ? tokens.join(' ') : decoder.decode(tokens).join('');
  }

  #split(text: string): SplitList {
    const { added, preTokenizer } = this.#parts;
    const splits = added.extract(wellFormed(text));
    return preTokenizer === undefined ? splits : preTokenizer.preTokenize(splits);
  }
}

/** A text in which U+FFFD stands for every half of a surrogate pair, which no UTF-8 text can hold. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
}

function warnOfOtherIds(
  stored: readonly { readonly id: number; readonly token: AddedToken }[],
  added: AddedVocabulary,
  path: string,
): void {
  for (const { id, token } of stored) {
    const given = added.ids.get(token.content);
    if (given === undefined || given === id) continue;
    logger.warn(`${path} gives the token ${JSON.stringify(token.content)} the id ${id}, but it gets the id ${given}.`);
  }
}
