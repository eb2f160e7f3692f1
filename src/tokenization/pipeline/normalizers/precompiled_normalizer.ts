import type { CharacterMap } from '../../sentencepiece/character_map';
import { codePointWidth } from '../code_point_width';
import { graphemeEnd, joinsPrevious, takesNext } from '../grapheme_end';
import type { NormalizedString } from '../normalized_string';
import type { Normalizer } from './normalizer';

/** Grapheme clusters of so many UTF-8 bytes and more are looked up character by character. */
const LONG_GRAPHEME = 6;

/** What is known of a code unit: nothing, that it stays as it is if it stands alone, or that it must be looked up. */
const UNKNOWN = 0;
const STAYS = 1;
const LOOK_UP = 2;

/**
 * The character map of a SentencePiece model as Hugging Face's Rust library applies it.
 *
 * Short grapheme clusters are looked up as a whole, and all of a cluster becomes what the shortest key at its beginning
 * becomes; so some accents are lost that SentencePiece, which takes the longest key anywhere, keeps.
 */
export class PrecompiledNormalizer implements Normalizer {
  readonly #map: CharacterMap;
  readonly #units = new Uint8Array(1 << 16);

  constructor(map: CharacterMap) {
    this.#map = map;
  }

  normalize(given: NormalizedString): NormalizedString {
    const { text } = given;
    let kept = this.#endOfUnchanged(text, 0);
    if (kept === text.length) return given;
    const edit = new CharacterEdit();
    edit.keep(text, 0, kept);
    while (kept < text.length) {
      const end = graphemeEnd(text, kept);
      this.#normalizeGrapheme(text, kept, end, edit);
      kept = this.#endOfUnchanged(text, end);
      edit.keep(text, end, kept);
    }
    return edit.hasReplaced ? given.transform(edit.text, edit.changes) : given;
  }

  /** Where the next grapheme cluster begins that is longer than a character or may have to be changed. */
  #endOfUnchanged(text: string, start: number): number {
    let position = start;
    let isAlone = true;
    while (position < text.length && isAlone) {
      const unit = text.charCodeAt(position);
      if (this.#units[unit] === UNKNOWN) this.#units[unit] = this.#find(text, position);
      if (this.#units[unit] === LOOK_UP) isAlone = false;
      else {
        const next = text.charCodeAt(position + 1);
        if (next >= 0x80 && joinsPrevious(text, position + 1)) isAlone = false;
        else position++;
      }
    }
    return position;
  }

  #find(text: string, position: number): number {
    const isSurrogate = (text.charCodeAt(position) & 0xf800) === 0xd800;
    if (isSurrogate || takesNext(text, position)) return LOOK_UP;
    return this.#map.firstMatch(text[position]!, 0, 1) === undefined ? STAYS : LOOK_UP;
  }

  #normalizeGrapheme(text: string, start: number, end: number, edit: CharacterEdit): void {
    const isShort = isShorterInUtf8(text, start, end, LONG_GRAPHEME);
    const whole = isShort ? this.#map.firstMatch(text, start, end) : undefined;
    if (whole !== undefined) {
      edit.replace(text, start, end, whole);
      return;
    }
    for (let position = start; position < end; ) {
      const next = position + codePointWidth(text, position);
      const replacement = this.#map.firstMatch(text, position, next);
      if (replacement === undefined) edit.keep(text, position, next);
      else edit.replace(text, position, next, replacement);
      position = next;
    }
  }
}

/** A new text and the changes that make it, as `NormalizedString.transform` takes them. */
class CharacterEdit {
  text = '';
  readonly changes: number[] = [];
  hasReplaced = false;

  keep(text: string, start: number, end: number): void {
    if (start === end) return;
    this.text += text.slice(start, end);
    for (let position = start; position < end; position += codePointWidth(text, position)) this.changes.push(0);
  }

  /** What is left out is told by the character before it; with none before it, it is told nowhere, as in Rust. */
  replace(text: string, start: number, end: number, replacement: string): void {
    this.hasReplaced = true;
    this.text += replacement;
    const before = countCharacters(text, start, end);
    const after = countCharacters(replacement, 0, replacement.length);
    for (let index = 0; index < after; index++) this.changes.push(index < before ? 0 : 1);
    if (after < before && this.changes.length > 0) this.changes[this.changes.length - 1]! -= before - after;
  }
}

function countCharacters(text: string, start: number, end: number): number {
  let count = 0;
  for (let position = start; position < end; position += codePointWidth(text, position)) count++;
  return count;
}

function isShorterInUtf8(text: string, start: number, end: number, limit: number): boolean {
  let bytes = 0;
  for (let position = start; position < end && bytes < limit; ) {
    const code = text.codePointAt(position)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    position += code > 0xffff ? 2 : 1;
  }
  return bytes < limit;
}
