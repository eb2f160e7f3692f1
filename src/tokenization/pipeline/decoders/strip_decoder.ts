import type { Decoder } from './decoder';

/** Takes up to so many of one character off the beginning and the end of every token. */
export class StripDecoder implements Decoder {
  constructor(
    readonly content: string,
    readonly start: number,
    readonly stop: number,
  ) {}

  decode(tokens: readonly string[]): readonly string[] {
    return tokens.map((token) => this.#strip(token));
  }

  #strip(token: string): string {
    const { content } = this;
    let from = 0;
    for (let count = 0; count < this.start && token.startsWith(content, from); count++) from += content.length;
    let to = token.length;
    for (let count = 0; count < this.stop && to > from; count++) {
      if (!token.endsWith(content, to)) break;
      to -= content.length;
    }
    return token.slice(from, to);
  }
}
