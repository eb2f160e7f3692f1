import type { Decoder } from './decoder';

/** Makes one text of all. */
export class FuseDecoder implements Decoder {
  decode(tokens: readonly string[]): readonly string[] {
    return [tokens.join('')];
  }
}
