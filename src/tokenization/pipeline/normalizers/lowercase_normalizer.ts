import type { NormalizedString } from '../normalized_string';
import type { Normalizer } from './normalizer';

/** Lower case, character by character: a capital sigma becomes σ even at the end of a word. */
export class LowercaseNormalizer implements Normalizer {
  normalize(given: NormalizedString): NormalizedString {
    const { text } = given;
    const lower = text.replaceAll('Σ', 'σ').toLowerCase();
    if (lower.length === text.length) return given.withText(lower);
    const changes: number[] = [];
    for (const character of text) {
      let change = 0;
      for (const _ of character.toLowerCase()) {
        changes.push(change);
        change = 1;
      }
    }
    return given.transform(lower, changes);
  }
}
