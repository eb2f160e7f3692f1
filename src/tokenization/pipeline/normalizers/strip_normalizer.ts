import type { NormalizedString } from '../normalized_string';
import { whiteSpaceEnd, whiteSpaceStart } from '../white_space_edges';
import type { Normalizer } from './normalizer';

/** Takes white space off the beginning and the end. */
export class StripNormalizer implements Normalizer {
  constructor(
    readonly left: boolean,
    readonly right: boolean,
  ) {}

  normalize(given: NormalizedString): NormalizedString {
    const { text } = given;
    const end = this.right ? whiteSpaceStart(text, text.length) : text.length;
    const start = this.left ? Math.min(end, whiteSpaceEnd(text, 0)) : 0;
    return given.trim(start, end);
  }
}
