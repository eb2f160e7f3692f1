import type { PieceTrie } from './piece_trie';
import { LARGEST_SUM, Viterbi } from './viterbi';
import { hashWord, LONGEST_CACHED, NOT_CACHED, WordCache } from './word_cache';

/** A Unigram vocabulary and how it is used. */
export interface UnigramOptions {
  /** Pieces by id. */
  readonly trie: PieceTrie;
  /** Log probability of each piece by id; NaN for one that no text contains. */
  readonly scores: Float64Array;
  /** Id of the unknown piece, which is never matched itself. */
  readonly unkId: number;
  /** Score of a character that no piece covers. */
  readonly unkScore: number;
  /** `'float32'` sums as SentencePiece does, `'float64'` as Hugging Face's Rust library. */
  readonly precision: 'float32' | 'float64';
}

/** A float32 sum is off by at most this share of it. */
const ROUNDING = 2 ** -24;

/**
 * Cuts the words of a text into pieces, one word after the other, and remembers words.
 *
 * What a word is, the caller decides: parts that no piece reaches out of, such as `▁` and what follows it.
 *
 * In single precision, which of two nearly equal ways is taken depends on the sum of all scores before. That sum is
 * carried along; a remembered word is used only when its best way leads by more than rounding can make up for, and any
 * other is cut where it stands. So the result is the same as that of cutting the whole text at once.
 */
export class Unigram {
  /** Ids of the pieces of the last word, from {@link at} on. */
  ids: Int32Array;
  /** Where the pieces of the last word end, counted from its start, from {@link at} on. */
  ends: Int32Array | Uint16Array;
  /** Where the last word begins in {@link ids} and {@link ends}. */
  at = 0;
  /** Ids that {@link segment} found. */
  pathIds = new Int32Array(64);
  /** Where in the text each piece that {@link segment} found ends. */
  pathEnds = new Int32Array(64);
  readonly #viterbi: Viterbi;
  readonly #scores: Float64Array;
  readonly #isRounded: boolean;
  readonly #largestScore: number;
  #cache: WordCache | undefined;
  #sum = 0;
  #units = new Uint16Array(LONGEST_CACHED);

  constructor({ trie, scores, unkId, unkScore, precision }: UnigramOptions) {
    const edges = Float64Array.from(scores);
    edges[unkId] = Number.NaN;
    this.#viterbi = new Viterbi(trie, edges, unkId, unkScore);
    this.#scores = Float64Array.from(scores);
    this.#scores[unkId] = unkScore;
    this.#isRounded = precision === 'float32';
    this.#largestScore = this.#scores.reduce((largest, score) => Math.max(largest, Math.abs(score || 0)), 0);
    this.ids = this.#viterbi.ids;
    this.ends = this.#viterbi.ends;
  }

  /** To be called before the first word of a text. */
  beginText(): void {
    this.#sum = 0;
  }

  /**
   * Cuts one word; each character that no piece covers is an entry of its own, with the unknown id.
   *
   * @returns the number of pieces; they are in {@link ids} and {@link ends} until the next word.
   */
  segmentWord(units: Uint16Array, start: number, end: number): number {
    if (end - start > LONGEST_CACHED) return this.#segmentInPlace(units, start, end);
    const cache = this.#cache ?? this.#makeCache();
    const hash = hashWord(units, start, end);
    const entry = cache.find(units, start, end, hash);
    if (entry === NOT_CACHED) return this.#segmentNew(cache, units, start, end, hash);
    if (this.#isRounded && cache.margins[entry]! <= this.#doubt(end - start)) {
      return this.#segmentInPlace(units, start, end);
    }
    this.ids = cache.ids;
    this.ends = cache.ends;
    this.at = cache.firstPiece[entry]!;
    const count = cache.firstPiece[entry + 1]! - this.at;
    if (this.#isRounded) this.#carrySum(count);
    return count;
  }

  /**
   * Cuts `text` from `start` to `end` as one word.
   *
   * @returns the number of pieces; they are in {@link pathIds} and {@link pathEnds} until the next call.
   */
  segment(text: string, start: number, end: number): number {
    const length = end - start;
    if (this.#units.length < length) this.#units = new Uint16Array(length);
    const units = this.#units;
    for (let index = 0; index < length; index++) units[index] = text.charCodeAt(start + index);
    const count = this.segmentWord(units, 0, length);
    if (this.pathIds.length < count) {
      this.pathIds = new Int32Array(count * 2);
      this.pathEnds = new Int32Array(count * 2);
    }
    for (let index = 0; index < count; index++) {
      this.pathIds[index] = this.ids[this.at + index]!;
      this.pathEnds[index] = start + this.ends[this.at + index]!;
    }
    return count;
  }

  #makeCache(): WordCache {
    this.#cache = new WordCache();
    return this.#cache;
  }

  #segmentNew(cache: WordCache, units: Uint16Array, start: number, end: number, hash: number): number {
    const count = this.#viterbi.segmentExactly(units, start, end);
    cache.add(units, start, end, hash, this.#viterbi, count);
    if (this.#isRounded && this.#viterbi.margin <= this.#doubt(end - start)) {
      return this.#segmentInPlace(units, start, end);
    }
    this.#takeResult(count);
    if (this.#isRounded) this.#carrySum(count);
    return count;
  }

  #segmentInPlace(units: Uint16Array, start: number, end: number): number {
    if (!this.#isRounded) return this.#takeResult(this.#viterbi.segmentExactly(units, start, end));
    const count = this.#takeResult(this.#viterbi.segmentRounded(units, start, end, this.#sum));
    this.#sum = this.#viterbi.sum;
    return count;
  }

  #takeResult(count: number): number {
    this.ids = this.#viterbi.ids;
    this.ends = this.#viterbi.ends;
    this.at = 0;
    return count;
  }

  #carrySum(count: number): void {
    const { ids, at } = this;
    let sum = this.#sum;
    for (let index = at; index < at + count; index++) sum = Math.fround(sum + this.#scores[ids[index]!]!);
    this.#sum = sum;
  }

  /** How far rounding can change the difference between two ways to cut a word of so many units, here in the text. */
  #doubt(length: number): number {
    const largestSum = Math.abs(this.#sum) + (length + 1) * this.#largestScore;
    if (largestSum > LARGEST_SUM) return Number.POSITIVE_INFINITY;
    return 2 * (length + 1) * ROUNDING * largestSum;
  }
}
