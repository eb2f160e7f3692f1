import { PieceTrie } from '../unigram/piece_trie';
import type { CharacterMap } from './character_map';
import type { NormalizerSpec } from './model_proto';
import type { NormalizedText } from './normalized_text';

/** Stands for a space in pieces: U+2581, `▁`. */
export const WORD_START = 0x2581;

const SPACE = 0x20;
const ASCII_END = 0x80;
const REPLACEMENT = 0xfffd;

/** What {@link SentencePieceNormalizer} needs of a model. */
export interface NormalizerOptions {
  readonly spec: Readonly<NormalizerSpec>;
  readonly characterMap: CharacterMap | undefined;
  /** Pieces that stay as they are wherever they stand in a text. */
  readonly userDefinedPieces: readonly string[];
  /** Whether the space that is added stands behind the text. */
  readonly treatWhitespaceAsSuffix: boolean;
}

/**
 * Normalizes a text as SentencePiece does (`Normalizer::Normalize`), and keeps where everything came from.
 *
 * At each position the longest key of the model's character map is replaced; then spaces are trimmed and collapsed, one
 * is put in front, and all become `▁`, as the model's specification says.
 *
 * A lone surrogate, which UTF-8 cannot express, is taken for U+FFFD.
 */
export class SentencePieceNormalizer {
  readonly #spec: Readonly<NormalizerSpec>;
  readonly #map: CharacterMap | undefined;
  readonly #userDefined: PieceTrie | undefined;
  readonly #suffix: boolean;
  readonly #space: number;
  /** By ASCII character: whether it stays as it is when another one follows. */
  readonly #plain: Uint8Array;
  /** Whether the last character was a space, so that another is dropped. */
  #afterSpace = false;

  constructor({ spec, characterMap, userDefinedPieces, treatWhitespaceAsSuffix }: NormalizerOptions) {
    this.#spec = spec;
    this.#map = characterMap;
    this.#userDefined = userDefinedPieces.length === 0 ? undefined : new PieceTrie(userDefinedPieces);
    this.#suffix = treatWhitespaceAsSuffix;
    this.#space = spec.escapeWhitespaces ? WORD_START : SPACE;
    this.#plain = Uint8Array.from({ length: ASCII_END }, (_, unit) =>
      unit !== SPACE && this.#userDefined === undefined && (characterMap?.keepsAscii(unit) ?? true) ? 1 : 0,
    );
  }

  /**
   * Fills `normalized` with a text.
   *
   * Each unit has the place of the whole key it comes from; of several spaces that become one, that of the last; the
   * space that is put in front, that of the first character.
   */
  normalize(text: string, normalized: NormalizedText): void {
    const { addDummyPrefix, removeExtraWhitespaces } = this.#spec;
    normalized.clear(text.length + 1);
    let position = removeExtraWhitespaces ? this.#skipSpaces(text) : 0;
    if (position === text.length) return;
    if (addDummyPrefix && !this.#suffix) normalized.push(this.#space, position, position);

    const plain = this.#plain;
    this.#afterSpace = removeExtraWhitespaces;
    for (let unit = text.charCodeAt(position); position < text.length; ) {
      const next = position + 1 < text.length ? text.charCodeAt(position + 1) : 0;
      if (unit < ASCII_END && plain[unit] === 1 && next < ASCII_END) {
        this.#pushCharacter(unit, position, normalized);
        position++;
        unit = next;
      } else {
        position = this.#normalizeKey(text, position, normalized);
        unit = position < text.length ? text.charCodeAt(position) : 0;
      }
    }
    if (removeExtraWhitespaces) this.#trimEnd(normalized);
    if (addDummyPrefix && this.#suffix) normalized.push(this.#space, text.length, text.length);
    if (addDummyPrefix && !this.#suffix && normalized.length > 1) {
      normalized.starts[0] = normalized.starts[1]!;
      normalized.ends[0] = normalized.ends[1]!;
    }
  }

  /** Position of the first thing that does not become a space. */
  #skipSpaces(text: string): number {
    let position = 0;
    while (position < text.length && !this.#isUserDefined(text, position)) {
      const replacement = this.#map?.longestMatch(text, position);
      if (replacement === undefined) {
        if (text.charCodeAt(position) !== SPACE) break;
        position++;
      } else {
        if (replacement !== ' ') break;
        position += this.#map!.matchLength;
      }
    }
    return position;
  }

  #isUserDefined(text: string, position: number): boolean {
    return this.#userDefined !== undefined && this.#userDefined.longestAt(text, position) > 0;
  }

  /** Appends what stands at a position, normalized; returns the position after it. */
  #normalizeKey(text: string, position: number, normalized: NormalizedText): number {
    const kept = this.#userDefined?.longestAt(text, position) ?? 0;
    if (kept > 0) {
      this.#append(text.slice(position, position + kept), position, position + kept, normalized);
      return position + kept;
    }
    const replacement = this.#map?.longestMatch(text, position);
    if (replacement !== undefined) {
      const end = position + this.#map!.matchLength;
      this.#append(replacement, position, end, normalized);
      return end;
    }
    const code = text.codePointAt(position)!;
    if (code > 0xffff) {
      normalized.push(text.charCodeAt(position), position, position + 2);
      normalized.push(text.charCodeAt(position + 1), position, position + 2);
      this.#afterSpace = false;
      return position + 2;
    }
    const isLoneSurrogate = code >= 0xd800 && code <= 0xdfff;
    if (code === SPACE) this.#append(' ', position, position + 1, normalized);
    else this.#pushCharacter(isLoneSurrogate ? REPLACEMENT : code, position, normalized);
    return position + 1;
  }

  #pushCharacter(unit: number, position: number, normalized: NormalizedText): void {
    normalized.push(unit, position, position + 1);
    this.#afterSpace = false;
  }

  /** Appends what a key has become, without the spaces at its beginning when a space stands before it. */
  #append(replacement: string, start: number, end: number, normalized: NormalizedText): void {
    let index = 0;
    for (; this.#afterSpace && replacement.charCodeAt(index) === SPACE; index++) {
      normalized.moveSpace(this.#space, start, end);
    }
    if (index === replacement.length) return;
    for (; index < replacement.length; index++) {
      const unit = replacement.charCodeAt(index);
      normalized.push(unit === SPACE ? this.#space : unit, start, end);
    }
    this.#afterSpace = this.#spec.removeExtraWhitespaces && replacement.endsWith(' ');
  }

  #trimEnd(normalized: NormalizedText): void {
    while (normalized.length > 0 && normalized.units[normalized.length - 1] === this.#space) normalized.length--;
  }
}
