import type { Decoder } from './decoder';

/** Several decoders, one after the other. */
export class DecoderSequence implements Decoder {
  constructor(readonly decoders: readonly Decoder[]) {}

  decode(tokens: readonly string[]): readonly string[] {
    return this.decoders.reduce((texts, decoder) => decoder.decode(texts), tokens);
  }
}
