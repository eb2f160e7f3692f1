/** Answer of {@link WordCache.find} for a word that is not there. */
export const NOT_CACHED = -1;

/** Words of more code units are not kept: they are rare, and would crowd others out. */
export const LONGEST_CACHED = 64;

const ENTRIES = 1 << 16;
const SLOTS = ENTRIES * 2;
const UNITS = ENTRIES * 12;
const PIECES = ENTRIES * 6;

/**
 * Words and the pieces they were cut into, for texts repeat their words.
 *
 * Everything lies in typed arrays of fixed size (about 6 MB, made when the first word comes); when one is full, all is
 * forgotten and it begins anew. Words are compared where they stand, without making strings of them.
 */
export class WordCache {
  /** Ids of all words' pieces, those of an entry from {@link firstPiece} on. */
  readonly ids = new Int32Array(PIECES);
  /** Where each piece ends, counted from the beginning of its word. */
  readonly ends = new Uint16Array(PIECES);
  /** By entry: where its pieces begin in {@link ids}; the next entry's is where they end. */
  readonly firstPiece = new Int32Array(ENTRIES + 1);
  /** By entry: how much worse than the best the second best way to cut the word is. */
  readonly margins = new Float64Array(ENTRIES);
  readonly #slots = new Int32Array(SLOTS).fill(NOT_CACHED);
  readonly #hashes = new Int32Array(ENTRIES);
  readonly #firstUnit = new Int32Array(ENTRIES + 1);
  readonly #units = new Uint16Array(UNITS);
  #entries = 0;

  /**
   * Entry of the word in `units` from `start` to `end`, {@link NOT_CACHED} when it is not there.
   *
   * @param hash of the word, by {@link hashWord}.
   */
  find(units: Uint16Array, start: number, end: number, hash: number): number {
    let slot = hash & (SLOTS - 1);
    for (;;) {
      const entry = this.#slots[slot]!;
      if (entry === NOT_CACHED) return NOT_CACHED;
      if (this.#hashes[entry] === hash && this.#holds(entry, units, start, end)) return entry;
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  /** Keeps a word of at most {@link LONGEST_CACHED} units, which must not be there yet. */
  add(
    units: Uint16Array,
    start: number,
    end: number,
    hash: number,
    pieces: { readonly ids: Int32Array; readonly ends: Int32Array; readonly margin: number },
    count: number,
  ): void {
    const isFull =
      this.#entries === ENTRIES ||
      this.#firstUnit[this.#entries]! + end - start > UNITS ||
      this.firstPiece[this.#entries]! + count > PIECES;
    if (isFull) this.#clear();
    const entry = this.#entries++;
    const unit = this.#firstUnit[entry]!;
    this.#units.set(units.subarray(start, end), unit);
    this.#firstUnit[entry + 1] = unit + end - start;
    const piece = this.firstPiece[entry]!;
    for (let index = 0; index < count; index++) {
      this.ids[piece + index] = pieces.ids[index]!;
      this.ends[piece + index] = pieces.ends[index]!;
    }
    this.firstPiece[entry + 1] = piece + count;
    this.margins[entry] = pieces.margin;
    this.#hashes[entry] = hash;
    let slot = hash & (SLOTS - 1);
    while (this.#slots[slot] !== NOT_CACHED) slot = (slot + 1) & (SLOTS - 1);
    this.#slots[slot] = entry;
  }

  #holds(entry: number, units: Uint16Array, start: number, end: number): boolean {
    const first = this.#firstUnit[entry]!;
    if (this.#firstUnit[entry + 1]! - first !== end - start) return false;
    const kept = this.#units;
    for (let index = start, at = first; index < end; index++, at++) {
      if (kept[at] !== units[index]) return false;
    }
    return true;
  }

  #clear(): void {
    this.#slots.fill(NOT_CACHED);
    this.#entries = 0;
  }
}

/** Hash of the code units from `start` to `end`. */
export function hashWord(units: Uint16Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ units[index]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
