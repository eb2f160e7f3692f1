import { codePointWidth } from './code_point_width';

/** Where the code units of a text come from: beginning and end of the character that each was made of. */
interface Alignment {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * A stretch of a text on its way through normalizers and pre-tokenizers, and where its characters come from.
 *
 * Keeps the rules of Hugging Face's Rust `NormalizedString`, in UTF-16 code units: what replaces a character has that
 * character's position, what is put in has the position of the character before it. As long as nothing is moved but at
 * the beginning and the end, no positions are kept at all.
 */
export class NormalizedString {
  readonly text: string;
  /** Where the stretch of the original text that this one was cut from begins. */
  readonly origin: number;
  /** Number of code units at the beginning that were put in front; they share the position of what follows. */
  readonly #lead: number;
  /** Where the code unit after those comes from. */
  readonly #base: number;
  /** Width of the original character at {@link #base}. */
  readonly #leadWidth: number;
  readonly #alignment: Alignment | undefined;

  private constructor(
    text: string,
    origin: number,
    base: number,
    lead = 0,
    leadWidth = 0,
    alignment: Alignment | undefined = undefined,
  ) {
    this.text = text;
    this.origin = origin;
    this.#base = base;
    this.#lead = lead;
    this.#leadWidth = leadWidth;
    this.#alignment = alignment;
  }

  /** A text as it was given. */
  static from(text: string): NormalizedString {
    return new NormalizedString(text, 0, 0);
  }

  /** Where the character at `position` begins in the original text. */
  startOf(position: number): number {
    if (this.#alignment !== undefined) return this.#alignment.starts[position]!;
    return position < this.#lead ? this.#base : this.#base + position - this.#lead;
  }

  /** Where the character before `position` ends in the original text. */
  endOf(position: number): number {
    if (this.#alignment !== undefined) return this.#alignment.ends[position - 1]!;
    if (position <= this.#lead) return this.#base + this.#leadWidth;
    return this.#base + position - this.#lead;
  }

  /** The part from `start` to `end`, as a stretch of its own. */
  slice(start: number, end: number): NormalizedString {
    return this.#cut(start, end, start < end ? this.startOf(start) : this.origin);
  }

  /** The part from `start` to `end`; the rest is forgotten. */
  trim(start: number, end: number): NormalizedString {
    return start === 0 && end === this.text.length ? this : this.#cut(start, end, this.origin);
  }

  /** Another text of the same length, whose code units come from where these come from. */
  withText(text: string): NormalizedString {
    return new NormalizedString(text, this.origin, this.#base, this.#lead, this.#leadWidth, this.#alignment);
  }

  /** The text with `prefix` in front, which has the position of the first character; an empty text stays empty. */
  prepend(prefix: string): NormalizedString {
    if (this.text === '') return this;
    const text = prefix + this.text;
    if (this.#alignment === undefined) {
      const width = this.#lead > 0 ? this.#leadWidth : codePointWidth(this.text, 0);
      return new NormalizedString(text, this.origin, this.#base, this.#lead + prefix.length, width);
    }
    const { starts, ends } = this.#alignment;
    const alignment = emptyAlignment(text.length);
    alignment.starts.fill(starts[0]!, 0, prefix.length).set(starts, prefix.length);
    alignment.ends.fill(ends[0]!, 0, prefix.length).set(ends, prefix.length);
    return this.#aligned(text, alignment);
  }

  /**
   * Puts `content` in the place of each match.
   *
   * @param matches beginning and end of each match, one after the other.
   */
  replace(matches: readonly number[], content: string): NormalizedString {
    if (matches.length === 0) return this;
    const { text } = this;
    let replaced = '';
    let at = 0;
    for (let index = 0; index < matches.length; index += 2) {
      replaced += text.slice(at, matches[index]) + content;
      at = matches[index + 1]!;
    }
    replaced += text.slice(at);
    if (content.length === 1 && isEachOneUnit(matches)) return this.withText(replaced);

    const from = this.#alignmentOfAll();
    const to = emptyAlignment(replaced.length);
    at = 0;
    let target = 0;
    const copyTo = (end: number): void => {
      to.starts.set(from.starts.subarray(at, end), target);
      to.ends.set(from.ends.subarray(at, end), target);
      target += end - at;
    };
    for (let index = 0; index < matches.length; index += 2) {
      copyTo(matches[index]!);
      at = matches[index + 1]!;
      this.#fill(to, target, target + content.length, from, at - 1);
      target += content.length;
    }
    copyTo(text.length);
    return this.#aligned(replaced, to);
  }

  /**
   * Another text made from this one, character by character.
   *
   * @param changes for each character of `text`: 0 when it replaces one of this text's characters, -n when it replaces
   *   one and the n after it are left out, 1 when it is put in.
   */
  transform(text: string, changes: readonly number[]): NormalizedString {
    const from = this.#alignmentOfAll();
    const to = emptyAlignment(text.length);
    let source = 0;
    for (let position = 0, index = 0; position < text.length; index++) {
      const end = position + codePointWidth(text, position);
      const change = changes[index]!;
      this.#fill(to, position, end, from, change > 0 ? source - 1 : source);
      for (let count = change; count < 1; count++) source += codePointWidth(this.text, source);
      position = end;
    }
    return this.#aligned(text, to);
  }

  #cut(start: number, end: number, origin: number): NormalizedString {
    const text = this.text.slice(start, end);
    if (this.#alignment !== undefined) {
      const starts = this.#alignment.starts.subarray(start, end);
      const ends = this.#alignment.ends.subarray(start, end);
      return new NormalizedString(text, origin, 0, 0, 0, { starts, ends });
    }
    const lead = Math.max(0, this.#lead - start);
    return new NormalizedString(text, origin, this.#base + Math.max(0, start - this.#lead), lead, this.#leadWidth);
  }

  #aligned(text: string, alignment: Alignment): NormalizedString {
    return new NormalizedString(text, this.origin, 0, 0, 0, alignment);
  }

  /** Gives code units the position of the one at `source`; before the first one there is only the beginning. */
  #fill(to: Alignment, start: number, end: number, from: Alignment, source: number): void {
    to.starts.fill(source < 0 ? this.origin : from.starts[source]!, start, end);
    to.ends.fill(source < 0 ? this.origin : from.ends[source]!, start, end);
  }

  #alignmentOfAll(): Alignment {
    if (this.#alignment !== undefined) return this.#alignment;
    const { text } = this;
    const alignment = emptyAlignment(text.length);
    for (let position = 0; position < text.length; ) {
      const width = position < this.#lead ? 1 : codePointWidth(text, position);
      const start = this.startOf(position);
      const end = this.endOf(position + width);
      alignment.starts.fill(start, position, position + width);
      alignment.ends.fill(end, position, position + width);
      position += width;
    }
    return alignment;
  }
}

function emptyAlignment(length: number): Alignment {
  return { starts: new Int32Array(length), ends: new Int32Array(length) };
}

function isEachOneUnit(matches: readonly number[]): boolean {
  for (let index = 0; index < matches.length; index += 2) {
    if (matches[index + 1]! - matches[index]! !== 1) return false;
  }
  return true;
}
