import type { Decoder } from './decoder';

/** Makes spaces of marks; those of the first token go, if they were put in front. */
export class MetaspaceDecoder implements Decoder {
  constructor(
    readonly replacement: string,
    readonly isPrepended: boolean,
  ) {}

  decode(tokens: readonly string[]): readonly string[] {
    return tokens.map((token, index) => token.replaceAll(this.replacement, index === 0 && this.isPrepended ? '' : ' '));
  }
}
