import type { FindMatches } from '../patterns/find_matches';
import type { SplitList } from '../split_list';
import type { PreTokenizer } from './pre_tokenizer';
import { type SplitBehavior, splitAtMatches } from './split_behavior';

/** Cuts at what a pattern matches, or at what is between its matches. */
export class SplitPreTokenizer implements PreTokenizer {
  constructor(
    readonly find: FindMatches,
    readonly behavior: SplitBehavior,
    readonly invert = false,
  ) {}

  preTokenize(splits: SplitList): SplitList {
    return splits.splitEach((given, parts) => {
      const { text } = given;
      splitAtMatches(text, this.find(text), this.behavior, this.invert, (start, end) => parts.push(given, start, end));
    });
  }
}
