import type { NormalizedString } from '../normalized_string';

/** A text without the characters that are not to be kept. */
export function filterCharacters(given: NormalizedString, keep: (character: string) => boolean): NormalizedString {
  let text = '';
  let removedAtStart = 0;
  const changes: number[] = [];
  for (const character of given.text) {
    if (keep(character)) {
      text += character;
      changes.push(0);
    } else if (changes.length === 0) removedAtStart += character.length;
    else changes[changes.length - 1]!--;
  }
  if (text.length === given.text.length) return given;
  return given.trim(removedAtStart, given.text.length).transform(text, changes);
}
