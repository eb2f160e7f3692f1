import type { NormalizedString } from '../normalized_string';

/** Changes a text before it is cut into words; remembers where its characters come from. */
export interface Normalizer {
  normalize(given: NormalizedString): NormalizedString;
}
