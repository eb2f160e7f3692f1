import type { TokenList } from '../token_list';
import type { AlignedEngine } from '../tokenizer_engine';
import { Unigram } from '../unigram/unigram';
import { PieceType, type SelfTestSample } from './model_proto';
import { NormalizedText } from './normalized_text';
import { PieceBuffer } from './piece_buffer';
import { bytePiece, type SentencePieceModel } from './sentencepiece_model';
import { SentencePieceNormalizer, WORD_START } from './sentencepiece_normalizer';

/** Added to the score of the worst piece for an unknown character (`kUnkPenalty`). */
const UNKNOWN_PENALTY = 10;
/** What SentencePiece begins with when it looks for the worst score (`FLT_MAX`). */
const LARGEST_FLOAT = 2 ** 128 - 2 ** 104;

/**
 * Segments text by a SentencePiece Unigram model, exactly as SentencePiece 0.2.3 does, ties included.
 *
 * Runs everywhere, without WebAssembly.
 *
 * @example
 * new SentencePieceEngine(model).encodePieces('Call me Ishmael.'); // ['▁Call', '▁me', '▁Ishmael', '.']
 */
export class SentencePieceEngine implements AlignedEngine {
  readonly #model: SentencePieceModel;
  readonly #normalizer: SentencePieceNormalizer;
  readonly #unigram: Unigram;
  /** Id of the piece for each byte; undefined without byte fallback. */
  readonly #bytePieces: Int32Array | undefined;
  /** Whether no piece has a `▁` but as its first character, so that words can be cut one by one. */
  readonly #wordsAreApart: boolean;
  readonly #normalized = new NormalizedText();
  readonly #found = new PieceBuffer();

  constructor(model: SentencePieceModel) {
    const { pieces, types, trainerSpec } = model;
    this.#model = model;
    this.#wordsAreApart = !hasInnerWordStart(model);
    this.#normalizer = new SentencePieceNormalizer({
      spec: model.normalizerSpec,
      characterMap: model.characterMap,
      userDefinedPieces: pieces.filter((_, id) => types[id] === PieceType.userDefined),
      treatWhitespaceAsSuffix: trainerSpec.treatWhitespaceAsSuffix,
    });
    this.#unigram = new Unigram({ trie: model.trie, unkId: model.unkId, precision: 'float32', ...scoresOf(model) });
    if (trainerSpec.byteFallback) {
      this.#bytePieces = Int32Array.from({ length: 256 }, (_, byte) => model.idOf(bytePiece(byte)));
    }
  }

  /**
   * Segments the samples that the trainer put into the model.
   *
   * @returns those that come out otherwise than the trainer had them; none in a sound model.
   */
  selfTest(): Array<SelfTestSample & { readonly received: string }> {
    return this.#model.selfTestSamples
      .map((sample) => ({ ...sample, received: this.encodePieces(sample.input).join(' ') }))
      .filter(({ expected, received }) => expected !== received);
  }

  encodeIds(text: string): number[] {
    this.#segment(text);
    return this.#found.toIds();
  }

  encodePieces(text: string): string[] {
    this.#segment(text);
    const { ids, starts, ends, length } = this.#found;
    const { pieces, unkId } = this.#model;
    const texts: string[] = [];
    for (let index = 0; index < length; index++) {
      const id = ids[index]!;
      texts.push(id === unkId ? this.#normalized.slice(starts[index]!, ends[index]!) : pieces[id]!);
    }
    return texts;
  }

  encode(text: string, tokens: TokenList): void {
    this.#segment(text);
    const { ids, starts, ends, length } = this.#found;
    if (length === 0) return;
    const { units, starts: givenStarts, ends: givenEnds } = this.#normalized;
    const { unkId } = this.#model;
    let word = tokens.nextWord;
    let seen = 1;
    for (let index = 0; index < length; index++) {
      const start = starts[index]!;
      const end = ends[index]!;
      for (; seen <= start; seen++) if (units[seen] === WORD_START) word++;
      if (ids[index] === unkId) tokens.surfaces.set(tokens.length, this.#normalized.slice(start, end));
      tokens.push(ids[index]!, givenStarts[start]!, givenEnds[end - 1]!, word);
    }
    tokens.nextWord = word + 1;
  }

  /** Leaves the normalized text in `#normalized` and its pieces in `#found`. */
  #segment(text: string): void {
    const normalized = this.#normalized;
    const unigram = this.#unigram;
    const found = this.#found;
    const { unkId } = this.#model;
    this.#normalizer.normalize(text, normalized);
    found.clear();
    unigram.beginText();
    const { units, length } = normalized;
    for (let start = 0; start < length; ) {
      const end = this.#wordsAreApart ? endOfWord(units, start, length) : length;
      const count = unigram.segmentWord(units, start, end);
      const { ids, ends, at } = unigram;
      let begin = start;
      for (let index = at; index < at + count; index++) {
        const stop = start + ends[index]!;
        if (ids[index] === unkId) this.#addUnknown(begin, stop);
        else found.push(ids[index]!, begin, stop);
        begin = stop;
      }
      start = end;
    }
  }

  /** One character that no piece covers: a piece for each byte, or part of a run of unknown characters. */
  #addUnknown(start: number, end: number): void {
    const found = this.#found;
    if (this.#bytePieces !== undefined) {
      for (const byte of encoder.encode(this.#normalized.slice(start, end))) {
        found.push(this.#bytePieces[byte]!, start, end);
      }
    } else if (found.lastId === this.#model.unkId) found.extend(end);
    else found.push(this.#model.unkId, start, end);
  }
}

const encoder = new TextEncoder();

/** Position of the next `▁` after `start`, or of the end. */
function endOfWord(units: Uint16Array, start: number, length: number): number {
  let end = start + 1;
  while (end < length && units[end] !== WORD_START) end++;
  return end;
}

/** Whether a piece reaches from one word into the next. */
function hasInnerWordStart({ pieces, types }: SentencePieceModel): boolean {
  for (let id = 0; id < pieces.length; id++) {
    const isMatched = types[id] === PieceType.normal || types[id] === PieceType.userDefined;
    if (isMatched && pieces[id]!.indexOf('▁', 1) > 0) return true;
  }
  return false;
}

/** Scores by id and of an unknown character (`unigram::Model`); a user-defined piece is better than any other way. */
function scoresOf({ pieces, types, scores }: SentencePieceModel): { scores: Float64Array; unkScore: number } {
  const edges = new Float64Array(pieces.length).fill(Number.NaN);
  let worst = LARGEST_FLOAT;
  for (let id = 0; id < pieces.length; id++) {
    if (types[id] === PieceType.normal) {
      edges[id] = scores[id]!;
      worst = Math.min(worst, scores[id]!);
    } else if (types[id] === PieceType.userDefined) {
      edges[id] = Math.fround(0.1 * (encoder.encode(pieces[id]!).length - 1));
    }
  }
  return { scores: edges, unkScore: Math.fround(worst - UNKNOWN_PENALTY) };
}
