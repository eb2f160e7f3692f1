import type { SplitList } from '../split_list';
import type { PreTokenizer } from './pre_tokenizer';

/** Several pre-tokenizers, one after the other. */
export class PreTokenizerSequence implements PreTokenizer {
  constructor(readonly preTokenizers: readonly PreTokenizer[]) {}

  preTokenize(splits: SplitList): SplitList {
    return this.preTokenizers.reduce((present, preTokenizer) => preTokenizer.preTokenize(present), splits);
  }
}
