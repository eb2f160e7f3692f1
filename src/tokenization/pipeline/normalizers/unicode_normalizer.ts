import type { NormalizedString } from '../normalized_string';
import { combiningClass } from './combining_class';
import { type CharacterChange, composeCharacters } from './compose_characters';
import type { Normalizer } from './normalizer';
import { isTooYoung } from './too_young';

/** The four normalization forms of Unicode. */
export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

const ASCII = /^[\0-\x7f]*$/;

/** JavaScript's `normalize` takes time that grows with the square of the length of such a run. */
const LONG_RUN = /\p{M}{32}/u;

/**
 * Brings a text into a normalization form.
 *
 * Step by step, since the positions of the Rust library follow from the steps: a composed character has the position of
 * its first one, one that is left over in decomposing that of the character before it.
 */
export class UnicodeNormalizer implements Normalizer {
  readonly #form: UnicodeForm;
  readonly #decompositions = new Map<string, readonly string[]>();

  constructor(form: UnicodeForm) {
    this.#form = form;
  }

  normalize(given: NormalizedString): NormalizedString {
    if (this.#isNormalized(given.text)) return given;
    const decomposed = sortByClass(this.#decompose(given.text));
    const isComposed = this.#form === 'NFC' || this.#form === 'NFKC';
    const result = isComposed ? composeCharacters(decomposed) : decomposed;
    return given.transform(
      result.map(({ character }) => character).join(''),
      result.map(({ change }) => change),
    );
  }

  #isNormalized(text: string): boolean {
    return ASCII.test(text) || (!LONG_RUN.test(text) && !isTooYoung(text) && text.normalize(this.#form) === text);
  }

  #decompose(text: string): CharacterChange[] {
    const characters: CharacterChange[] = [];
    for (const character of text) {
      let change = 0;
      for (const part of this.#partsOf(character)) {
        characters.push({ character: part, change });
        change = 1;
      }
    }
    return characters;
  }

  #partsOf(character: string): readonly string[] {
    let parts = this.#decompositions.get(character);
    if (parts === undefined) {
      const form = this.#form.startsWith('NFK') ? 'NFKD' : 'NFD';
      parts = isTooYoung(character) ? [character] : Array.from(character.normalize(form));
      this.#decompositions.set(character, parts);
    }
    return parts;
  }
}

/** Puts characters between two of class 0 in the order of their classes. */
function sortByClass(characters: readonly CharacterChange[]): CharacterChange[] {
  const sorted: CharacterChange[] = [];
  let run: CharacterChange[] = [];
  const endRun = () => {
    if (run.length === 0) return;
    run.sort((a, b) => combiningClass(a.character) - combiningClass(b.character));
    for (const character of run) sorted.push(character);
    run = [];
  };
  for (const character of characters) {
    if (combiningClass(character.character) > 0) run.push(character);
    else {
      endRun();
      sorted.push(character);
    }
  }
  endRun();
  return sorted;
}
