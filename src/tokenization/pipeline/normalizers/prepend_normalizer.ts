import type { NormalizedString } from '../normalized_string';
import type { Normalizer } from './normalizer';

/** Puts a text in front of every text that is not empty. */
export class PrependNormalizer implements Normalizer {
  constructor(readonly prefix: string) {}

  normalize(given: NormalizedString): NormalizedString {
    return given.prepend(this.prefix);
  }
}
