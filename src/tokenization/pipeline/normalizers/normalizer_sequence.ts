import type { NormalizedString } from '../normalized_string';
import { refuseGrowth } from '../refuse_growth';
import type { Normalizer } from './normalizer';

/** Several normalizers, one after the other. */
export class NormalizerSequence implements Normalizer {
  constructor(readonly normalizers: readonly Normalizer[]) {}

  normalize(given: NormalizedString): NormalizedString {
    return this.normalizers.reduce((text, normalizer) => {
      const normalized = normalizer.normalize(text);
      refuseGrowth(given.text.length, normalized.text.length, 'normalizer');
      return normalized;
    }, given);
  }
}
