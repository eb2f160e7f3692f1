import { TokenizerError } from '../../errors';

/** Whether keys begin with a code unit, by {@link CharacterMap.longestMatch} as it finds out. */
const UNKNOWN = 0;
const BEGINS_NOTHING = 1;
const BEGINS_A_KEY = 2;

const UNIT_BYTES = 4;
/** The blob's trie comes in blocks of so many bytes. */
const BLOCK_BYTES = 1024;
const HEADER_BYTES = 4;
const ROOT_UNIT = 0;
const NO_MATCH = -1;

/**
 * The character map of a SentencePiece model (`precompiled_charsmap`): sequences of characters and what they become.
 *
 * The keys are a double-array trie (darts-clone) over UTF-8 bytes, the replacements are strings that end with NUL.
 * The whole trie is checked when it is read, so that no text can lead out of it.
 */
export class CharacterMap {
  readonly #trie: Uint32Array;
  readonly #strings: Uint8Array;
  readonly #replacements = new Map<number, string>();
  readonly #begins = new Uint8Array(1 << 16);
  /** Length in code units of the last match of {@link longestMatch}. */
  matchLength = 0;
  #keyEnd = 0;

  private constructor(trie: Uint32Array, strings: Uint8Array) {
    this.#trie = trie;
    this.#strings = strings;
  }

  /**
   * Reads a map.
   *
   * @param blob length of the trie (uint32), trie, replacements.
   * @param path names the file in error messages.
   * @returns undefined for an empty blob, which is no map.
   * @throws {TokenizerError} when the blob is damaged.
   */
  static fromBlob(blob: Uint8Array, path: string): CharacterMap | undefined {
    if (blob.length === 0) return undefined;
    const damaged = (problem: string) =>
      new TokenizerError(
        `${path} is not a valid SentencePiece model, since its character map ${problem}; train or fetch it again.`,
        { path, received: problem },
      );
    if (blob.length <= HEADER_BYTES) throw damaged(`has ${blob.length} bytes`);
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    const trieBytes = view.getUint32(0, true);
    const stringsAt = HEADER_BYTES + trieBytes;
    if (trieBytes === 0 || trieBytes % BLOCK_BYTES !== 0 || stringsAt >= blob.length) {
      throw damaged(`says that its trie has ${trieBytes} of ${blob.length} bytes`);
    }
    const trie = Uint32Array.from({ length: trieBytes / UNIT_BYTES }, (_, index) =>
      view.getUint32(HEADER_BYTES + index * UNIT_BYTES, true),
    );
    const strings = blob.subarray(stringsAt);
    if (strings.at(-1) !== 0) throw damaged('ends in the middle of a replacement');
    const wrong = trie.findIndex((_, index) => !staysInside(trie, index, strings.length));
    if (wrong >= 0) throw damaged(`leads out of itself at unit ${wrong} of its trie`);
    return new CharacterMap(trie, strings);
  }

  /**
   * What the longest key that `text` has at `position` becomes; undefined when it has none there.
   *
   * The length of that key is in {@link matchLength} afterwards.
   */
  longestMatch(text: string, position: number): string | undefined {
    if (!this.#beginsKey(text.charCodeAt(position))) return undefined;
    const value = this.#walk(text, position, text.length, false);
    if (value === NO_MATCH) return undefined;
    this.matchLength = this.#keyEnd - position;
    return this.#replacement(value);
  }

  /**
   * What the shortest key that `text` has at `start` becomes, undefined when it has none before `end`.
   *
   * Hugging Face's Rust library replaces a whole grapheme in this way.
   */
  firstMatch(text: string, start: number, end: number): string | undefined {
    const value = this.#walk(text, start, end, true);
    return value === NO_MATCH ? undefined : this.#replacement(value);
  }

  /** Whether a character below U+0080 stays as it is when another of them follows. */
  keepsAscii(unit: number): boolean {
    const node = this.#step(this.#offset(ROOT_UNIT), unit);
    if (node === NO_MATCH) return true;
    if (hasLeaf(this.#trie[node]!)) return false;
    for (let next = 1; next < 0x80; next++) if (this.#step(node ^ offsetOf(this.#trie[node]!), next) >= 0) return false;
    return true;
  }

  #beginsKey(unit: number): boolean {
    if (this.#begins[unit] === UNKNOWN) {
      const begins = isSurrogate(unit) || this.#follow(this.#offset(ROOT_UNIT), unit) !== NO_MATCH;
      this.#begins[unit] = begins ? BEGINS_A_KEY : BEGINS_NOTHING;
    }
    return this.#begins[unit] === BEGINS_A_KEY;
  }

  /** Value of the longest (or first) key of `text` from `start`; sets where it ends. */
  #walk(text: string, start: number, end: number, first: boolean): number {
    let value = NO_MATCH;
    let base = this.#offset(ROOT_UNIT);
    for (let position = start; position < end; ) {
      const code = text.codePointAt(position)!;
      const node = this.#follow(base, isSurrogate(code) ? REPLACEMENT : code);
      if (node === NO_MATCH) break;
      position += code > 0xffff ? 2 : 1;
      const unit = this.#trie[node]!;
      base = node ^ offsetOf(unit);
      if (hasLeaf(unit)) {
        value = this.#trie[base]! & VALUE_BITS;
        this.#keyEnd = position;
        if (first) break;
      }
    }
    return value;
  }

  /** Goes along the UTF-8 bytes of a character; the node after the last, or {@link NO_MATCH}. */
  #follow(base: number, code: number): number {
    if (code < 0x80) return this.#step(base, code);
    let node: number;
    if (code < 0x800) node = this.#step(base, 0xc0 | (code >> 6));
    else {
      if (code < 0x10000) node = this.#step(base, 0xe0 | (code >> 12));
      else {
        node = this.#step(base, 0xf0 | (code >> 18));
        if (node !== NO_MATCH) node = this.#step(this.#after(node), 0x80 | ((code >> 12) & 0x3f));
      }
      if (node !== NO_MATCH) node = this.#step(this.#after(node), 0x80 | ((code >> 6) & 0x3f));
    }
    return node === NO_MATCH ? NO_MATCH : this.#step(this.#after(node), 0x80 | (code & 0x3f));
  }

  #step(base: number, byte: number): number {
    const node = base ^ byte;
    return (this.#trie[node]! & LABEL_BITS) >>> 0 === byte ? node : NO_MATCH;
  }

  #after(node: number): number {
    return node ^ offsetOf(this.#trie[node]!);
  }

  #offset(unit: number): number {
    return unit ^ offsetOf(this.#trie[unit]!);
  }

  #replacement(value: number): string {
    const known = this.#replacements.get(value);
    if (known !== undefined) return known;
    const replacement = decoder.decode(this.#strings.subarray(value, this.#strings.indexOf(0, value)));
    this.#replacements.set(value, replacement);
    return replacement;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Stands for what UTF-8 cannot express. */
const REPLACEMENT = 0xfffd;
const VALUE_BITS = 0x7fffffff;
const LABEL_BITS = 0x800000ff;

function hasLeaf(unit: number): boolean {
  return ((unit >>> 8) & 1) === 1;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

/** Whether a unit's children lie in the trie, and the string of the key that ends at it among the strings. */
function staysInside(trie: Uint32Array, index: number, stringBytes: number): boolean {
  const unit = trie[index]!;
  const isValue = unit >>> 31 === 1;
  if (isValue) return true;
  const base = index ^ offsetOf(unit);
  if (base < 0 || (base | 0xff) >= trie.length) return false;
  return !hasLeaf(unit) || (trie[base]! & VALUE_BITS) < stringBytes;
}
