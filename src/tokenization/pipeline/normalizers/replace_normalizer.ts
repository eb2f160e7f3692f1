import type { NormalizedString } from '../normalized_string';
import type { FindMatches } from '../patterns/find_matches';
import { refuseGrowth } from '../refuse_growth';
import type { Normalizer } from './normalizer';

/** Puts the same text in the place of everything that a pattern matches. */
export class ReplaceNormalizer implements Normalizer {
  constructor(
    readonly find: FindMatches,
    readonly content: string,
  ) {}

  normalize(given: NormalizedString): NormalizedString {
    const matches = this.find(given.text);
    const added = (matches.length / 2) * this.content.length;
    refuseGrowth(given.text.length, given.text.length + added, 'normalizer');
    return given.replace(matches, this.content);
  }
}
