import { bytePiece } from '../sentencepiece/sentencepiece_model';
import type { TokenList } from '../token_list';
import { NONE, PieceTrie } from '../unigram/piece_trie';
import { Unigram } from '../unigram/unigram';
import type { NormalizedString } from './normalized_string';
import { NO_TOKEN, type SplitList } from './split_list';

/** Added to the worst score for a character that no piece covers. */
const UNKNOWN_PENALTY = 10;

/** A Unigram vocabulary as `tokenizer.json` holds it. */
export interface UnigramVocabulary {
  /** By id; of equal ones the last counts. */
  readonly pieces: readonly string[];
  /** Log probabilities by id. */
  readonly scores: Float64Array;
  readonly unkId: number;
  /** Whether unknown text becomes `<0xNN>` pieces. */
  readonly byteFallback: boolean;
}

/**
 * The Unigram model of Hugging Face's Rust library: every split is segmented by itself, in double precision, every piece
 * is found in texts, those for control and for bytes included, and unknown characters side by side become one token.
 */
export class UnigramModel {
  readonly vocabulary: UnigramVocabulary;
  readonly #trie: PieceTrie;
  readonly #unigram: Unigram;
  /** Stands for a character that no piece covers, so that the unknown piece itself can be found in a text. */
  readonly #uncovered: number;
  /** Id of the piece for each byte; undefined without byte fallback. */
  readonly #bytePieces: Int32Array | undefined;
  readonly #utf8 = new TextEncoder();

  constructor(vocabulary: UnigramVocabulary) {
    const { pieces, scores } = vocabulary;
    this.vocabulary = vocabulary;
    this.#trie = new PieceTrie(pieces);
    this.#uncovered = pieces.length;
    const unkScore =
      scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;
    this.#unigram = new Unigram({ trie: this.#trie, scores, unkId: this.#uncovered, unkScore, precision: 'float64' });
    if (vocabulary.byteFallback) {
      this.#bytePieces = Int32Array.from({ length: 256 }, (_, byte) => this.#trie.find(bytePiece(byte)));
    }
  }

  /** Id of a piece; undefined when there is no such piece. */
  idOf(piece: string): number | undefined {
    const id = this.#trie.find(piece);
    return id === NONE ? undefined : id;
  }

  /** Ids of all splits. */
  encodeIds(splits: SplitList): number[] {
    const ids: number[] = [];
    const add = (id: number) => ids.push(id);
    for (let index = 0; index < splits.length; index++) {
      const id = splits.ids[index]!;
      if (id !== NO_TOKEN) ids.push(id);
      else this.#segment(splits.texts[index]!, splits.starts[index]!, splits.ends[index]!, add);
    }
    return ids;
  }

  /** Appends the tokens of all splits that are not tokens yet; `addToken` is handed the others. */
  encode(splits: SplitList, tokens: TokenList, addToken: (index: number) => void): void {
    const { nextWord } = tokens;
    for (let index = 0; index < splits.length; index++) {
      if (splits.ids[index] !== NO_TOKEN) {
        addToken(index);
        continue;
      }
      const text = splits.texts[index]!;
      this.#segment(text, splits.starts[index]!, splits.ends[index]!, (id, start, end) => {
        if (id === this.vocabulary.unkId) tokens.surfaces.set(tokens.length, text.text.slice(start, end));
        tokens.push(id, text.startOf(start), text.endOf(end), nextWord + index);
      });
    }
    tokens.nextWord = nextWord + splits.length;
  }

  #segment(
    { text }: NormalizedString,
    start: number,
    end: number,
    add: (id: number, start: number, end: number) => void,
  ): void {
    const unigram = this.#unigram;
    const count = unigram.segment(text, start, end);
    const { pathIds, pathEnds } = unigram;
    const { unkId } = this.vocabulary;
    let at = start;
    let unknownFrom = -1;
    for (let index = 0; index < count; index++) {
      const id = pathIds[index]!;
      const isUnknown = id === this.#uncovered || id === unkId;
      if (isUnknown && unknownFrom < 0) unknownFrom = at;
      if (!isUnknown) {
        if (unknownFrom >= 0) this.#addUnknown(text, unknownFrom, at, add);
        unknownFrom = -1;
        add(id, at, pathEnds[index]!);
      }
      at = pathEnds[index]!;
    }
    if (unknownFrom >= 0) this.#addUnknown(text, unknownFrom, at, add);
  }

  #addUnknown(text: string, start: number, end: number, add: (id: number, start: number, end: number) => void): void {
    const surface = text.slice(start, end);
    const known = this.#trie.find(surface);
    const bytes = known === NONE ? this.#bytesOf(surface) : undefined;
    if (bytes === undefined) add(known === NONE ? this.vocabulary.unkId : known, start, end);
    else for (const id of bytes) add(id, start, end);
  }

  /** Ids of the pieces for the bytes of a text, undefined when there is not one for each. */
  #bytesOf(text: string): Int32Array | undefined {
    const pieces = this.#bytePieces;
    if (pieces === undefined) return undefined;
    const ids = Int32Array.from(this.#utf8.encode(text), (byte) => pieces[byte]!);
    return ids.includes(NONE) ? undefined : ids;
  }
}
