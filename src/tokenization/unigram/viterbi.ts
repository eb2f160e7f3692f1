import { NONE, type PieceTrie, ROOT } from './piece_trie';

/** Nodes for which arrays are kept from one text to the next; longer texts get arrays of their own. */
const KEPT_NODES = 1 << 16;

/** Sums in single precision begin anew beyond it, so that they stay exact enough in long texts. */
export const LARGEST_SUM = 100_000;

/**
 * The best way to cut a text into pieces: the one whose pieces have the largest sum of scores.
 *
 * Goes through the text once, in time that grows with its length times that of the longest piece. Of equally good ways
 * the first that is found stays, as in SentencePiece (`unigram::Model::EncodeOptimized` of version 0.2.3), which this mirrors.
 *
 * Texts are code units in an array. A result stands in {@link ids} and {@link ends} until the next call; every
 * character that no piece covers is an entry of its own, with the id of the unknown piece.
 */
export class Viterbi {
  /** Ids of the pieces of the last result. */
  ids = new Int32Array(256);
  /** Where each piece of the last result ends, counted from the start that was given. */
  ends = new Int32Array(256);
  /** How much worse than the best the second best way is; of the last call of {@link segmentExactly}. */
  margin = 0;
  /** Sum of all scores up to the end of the last call of {@link segmentRounded}. */
  sum = 0;
  #nodes = new Nodes(KEPT_NODES);

  /**
   * @param scores by id; NaN for a piece that no text contains.
   * @param unkScore score of a character that no piece covers.
   */
  constructor(
    readonly trie: PieceTrie,
    readonly scores: Float64Array,
    readonly unkId: number,
    readonly unkScore: number,
  ) {}

  /**
   * Sums in double precision, as Hugging Face's Rust library does.
   *
   * @returns the number of pieces of `units` from `start` to `end`.
   */
  segmentExactly(units: Uint16Array, start: number, end: number): number {
    const { trie, scores, unkId, unkScore } = this;
    const length = end - start;
    const nodes = this.#nodesFor(length);
    const { best, second, from, id } = nodes;
    nodes.reset(length);
    best[0] = 0;
    second[0] = Number.NEGATIVE_INFINITY;
    for (let begin = 0; begin < length; ) {
      const width = characterWidth(units, start + begin, end);
      let hasSingle = false;
      let node = ROOT;
      for (let position = begin; position < length; position++) {
        node = trie.child(node, units[start + position]!);
        if (node === NONE) break;
        const piece = trie.pieceAt(node);
        if (piece === NONE || isNever(scores[piece]!)) continue;
        nodes.offer(begin, position + 1, piece, scores[piece]!);
        if (position + 1 === begin + width) hasSingle = true;
      }
      if (!hasSingle) nodes.offer(begin, begin + width, unkId, unkScore);
      begin += width;
    }
    this.margin = best[length]! - second[length]!;
    return this.#backtrack(from, id, length);
  }

  /**
   * Sums as SentencePiece does: in single precision, from the beginning of the text, and from 0 again whenever a sum has
   * become larger than {@link LARGEST_SUM}.
   *
   * Which of two equally good ways is taken depends on the rounding, so on everything that stands before.
   *
   * @param sum of the scores of everything before; {@link sum} is that of everything up to `end` afterwards.
   */
  segmentRounded(units: Uint16Array, start: number, end: number, sum: number): number {
    const { trie, scores, unkId, unkScore } = this;
    const length = end - start;
    const nodes = this.#nodesFor(length);
    const { best, from, id } = nodes;
    from.fill(NONE, 0, length + 1);
    best[0] = sum;
    let reached = 0;
    for (let begin = 0; begin < length; ) {
      const width = characterWidth(units, start + begin, end);
      if (Math.abs(best[begin]!) > LARGEST_SUM) nodes.beginSumsAnew(begin, reached);
      let hasSingle = false;
      let node = ROOT;
      for (let position = begin; position < length; position++) {
        node = trie.child(node, units[start + position]!);
        if (node === NONE) break;
        const piece = trie.pieceAt(node);
        if (piece === NONE || isNever(scores[piece]!)) continue;
        const after = position + 1;
        nodes.offerRounded(begin, after, piece, scores[piece]!);
        if (after > reached) reached = after;
        if (after === begin + width) hasSingle = true;
      }
      if (!hasSingle) {
        const after = begin + width;
        nodes.offerRounded(begin, after, unkId, unkScore);
        if (after > reached) reached = after;
      }
      begin += width;
    }
    this.sum = best[length]!;
    return this.#backtrack(from, id, length);
  }

  #nodesFor(length: number): Nodes {
    return length < KEPT_NODES ? this.#nodes : new Nodes(length + 1);
  }

  #backtrack(from: Int32Array, id: Int32Array, length: number): number {
    let count = 0;
    for (let end = length; end > 0; end = from[end]!) count++;
    this.#makeRoom(count);
    for (let end = length, index = count - 1; end > 0; end = from[end]!, index--) {
      this.ids[index] = id[end]!;
      this.ends[index] = end;
    }
    return count;
  }

  #makeRoom(count: number): void {
    const isTooSmall = this.ids.length < count;
    const isLeftFromLongText = this.ids.length > KEPT_NODES && count < KEPT_NODES;
    if (!isTooSmall && !isLeftFromLongText) return;
    const size = isTooSmall ? Math.max(count, Math.min(this.ids.length * 2, KEPT_NODES)) : KEPT_NODES;
    this.ids = new Int32Array(size);
    this.ends = new Int32Array(size);
  }
}

/** The positions of a text, and the best and second best way to each. */
class Nodes {
  /** Sum of scores of the best way. */
  readonly best: Float64Array;
  /** Sum of scores of the second best way. */
  readonly second: Float64Array;
  /** Where the last piece of the best way begins. */
  readonly from: Int32Array;
  /** Id of that piece. */
  readonly id: Int32Array;

  constructor(size: number) {
    this.best = new Float64Array(size);
    this.second = new Float64Array(size);
    this.from = new Int32Array(size);
    this.id = new Int32Array(size);
  }

  reset(length: number): void {
    this.from.fill(NONE, 0, length + 1);
    this.best.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    this.second.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
  }

  /** Takes the sum at `begin` off it and off all positions after it that are reached already. */
  beginSumsAnew(begin: number, reached: number): void {
    const sum = this.best[begin]!;
    for (let index = begin; index <= reached; index++) {
      if (index === begin || this.from[index] !== NONE) this.best[index] = Math.fround(this.best[index]! - sum);
    }
    // The first position of a word is reached, though no piece of the word ends there.
    this.best[begin] = 0;
  }

  /** Takes the ways that reach `after` by a piece from `begin`, if they are among the two best. */
  offer(begin: number, after: number, piece: number, score: number): void {
    const { best, second } = this;
    const candidate = score + best[begin]!;
    if (this.from[after] === NONE || candidate > best[after]!) {
      const runnerUp = score + second[begin]!;
      second[after] = Math.max(best[after]!, runnerUp);
      best[after] = candidate;
      this.from[after] = begin;
      this.id[after] = piece;
    } else if (candidate > second[after]!) second[after] = candidate;
  }

  /** Takes the way that reaches `after` by a piece from `begin`, if it is the best in single precision. */
  offerRounded(begin: number, after: number, piece: number, score: number): void {
    const candidate = Math.fround(score + this.best[begin]!);
    if (this.from[after] !== NONE && candidate <= this.best[after]!) return;
    this.best[after] = candidate;
    this.from[after] = begin;
    this.id[after] = piece;
  }
}

/** Whether a piece of this score is never matched. */
function isNever(score: number): boolean {
  return Number.isNaN(score);
}

/** 2 for a character of two code units, 1 for others. */
function characterWidth(units: Uint16Array, position: number, end: number): number {
  const isPair =
    (units[position]! & 0xfc00) === 0xd800 && position + 1 < end && (units[position + 1]! & 0xfc00) === 0xdc00;
  return isPair ? 2 : 1;
}
