import type { NormalizedString } from '../normalized_string';
import type { Normalizer } from './normalizer';

/** Several normalizers, one after the other. */
export class NormalizerSequence implements Normalizer {
  constructor(readonly normalizers: readonly Normalizer[]) {}

  normalize(given: NormalizedString): NormalizedString {
    return this.normalizers.reduce((text, normalizer) => normalizer.normalize(text), given);
  }
}
