import type { NormalizedString } from '../normalized_string';
import type { FindMatches } from '../patterns/find_matches';
import type { Normalizer } from './normalizer';

/** Puts the same text in the place of everything that a pattern matches. */
export class ReplaceNormalizer implements Normalizer {
  constructor(
    readonly find: FindMatches,
    readonly content: string,
  ) {}

  normalize(given: NormalizedString): NormalizedString {
    return given.replace(this.find(given.text), this.content);
  }
}
