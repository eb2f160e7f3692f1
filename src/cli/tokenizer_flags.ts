import { Option } from 'commander';
import type { DebertaV2TokenizerFastOptions } from '../tokenization/deberta_v2_tokenizer_fast';
import type { TokenizerAlgorithm } from '../tokenization/fast_tokenizer_parts';
import { withoutUndefined } from '../without_undefined';

/** Options of a command line that say how a tokenizer is made. */
export interface TokenizerFlags {
  readonly algorithm?: TokenizerAlgorithm;
  readonly lowerCase?: boolean;
  readonly splitByPunct?: boolean;
}

export const ALGORITHM_OPTION = new Option(
  '--algorithm <algorithm>',
  'whose tokens: slow, those that DeBERTa was trained with, or fast, those of the fast class (default: slow where there is an spm.model)',
).choices(['slow', 'fast']);

export const LOWER_CASE_OPTION = new Option('--lower-case', 'lower-case texts (default: as the files say)');

export const SPLIT_OPTION = new Option('--split-by-punct', 'cut at punctuation first (default: as the files say)');

/** What was given, as options of a tokenizer; the files decide the rest. */
export function tokenizerOptions(flags: TokenizerFlags): DebertaV2TokenizerFastOptions {
  const { algorithm, lowerCase: doLowerCase, splitByPunct } = flags;
  return withoutUndefined({ algorithm, doLowerCase, splitByPunct });
}
