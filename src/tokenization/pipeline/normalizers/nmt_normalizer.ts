import type { NormalizedString } from '../normalized_string';
import { filterCharacters } from './filter_characters';
import type { Normalizer } from './normalizer';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes.
const REMOVED = /[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/;
const SPACES = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g;

/** Takes control characters away and makes spaces of all kinds plain ones, as models for translation do. */
export class NmtNormalizer implements Normalizer {
  normalize(given: NormalizedString): NormalizedString {
    const kept = REMOVED.test(given.text) ? filterCharacters(given, (character) => !REMOVED.test(character)) : given;
    return kept.withText(kept.text.replace(SPACES, ' '));
  }
}
