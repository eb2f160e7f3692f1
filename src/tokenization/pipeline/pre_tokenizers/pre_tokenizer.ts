import type { SplitList } from '../split_list';

/** Cuts what a text has been cut into further, so that every split becomes a word. */
export interface PreTokenizer {
  preTokenize(splits: SplitList): SplitList;
}
