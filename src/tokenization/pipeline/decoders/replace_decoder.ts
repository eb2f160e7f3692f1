import type { FindMatches } from '../patterns/find_matches';
import { refuseGrowth } from '../refuse_growth';
import type { Decoder } from './decoder';

/** Puts the same text in the place of everything that a pattern matches in a token. */
export class ReplaceDecoder implements Decoder {
  constructor(
    readonly find: FindMatches,
    readonly content: string,
  ) {}

  decode(tokens: readonly string[]): readonly string[] {
    return tokens.map((token) => this.#replace(token));
  }

  #replace(token: string): string {
    const matches = this.find(token);
    const added = (matches.length / 2) * this.content.length;
    refuseGrowth(token.length, token.length + added, 'decoder');
    let replaced = '';
    let at = 0;
    for (let index = 0; index < matches.length; index += 2) {
      replaced += token.slice(at, matches[index]) + this.content;
      at = matches[index + 1]!;
    }
    return replaced + token.slice(at);
  }
}
