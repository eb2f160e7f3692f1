import type { NormalizedString } from '../normalized_string';
import { filterCharacters } from './filter_characters';
import type { Normalizer } from './normalizer';

const MARK = /\p{M}/u;

/** Takes combining marks away. */
export class StripAccentsNormalizer implements Normalizer {
  normalize(given: NormalizedString): NormalizedString {
    return MARK.test(given.text) ? filterCharacters(given, (character) => !MARK.test(character)) : given;
  }
}
