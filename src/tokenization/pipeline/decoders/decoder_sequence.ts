import { refuseGrowth } from '../refuse_growth';
import type { Decoder } from './decoder';

/** Several decoders, one after the other. */
export class DecoderSequence implements Decoder {
  constructor(readonly decoders: readonly Decoder[]) {}

  decode(tokens: readonly string[]): readonly string[] {
    const given = lengthOf(tokens);
    return this.decoders.reduce((texts, decoder) => {
      const decoded = decoder.decode(texts);
      refuseGrowth(given, lengthOf(decoded), 'decoder');
      return decoded;
    }, tokens);
  }
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((length, text) => length + text.length, 0);
}
