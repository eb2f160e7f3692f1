import type { AddedToken } from './added_token';
import type { Side } from './encoding/truncate_sequences';
import type { SpecialTokenOptions } from './special_tokens';

/** What a tokenizer can be told when it is made; `fromPretrained` reads the same from the checkpoint's files. */
export interface DebertaV2TokenizerOptions extends SpecialTokenOptions {
  /** Whether text is lower-cased, special tokens excepted; false by default. */
  doLowerCase?: boolean;
  /** Whether text is cut at punctuation before SentencePiece sees it, false by default (and in published models). */
  splitByPunct?: boolean;
  /** Longest sequence in tokens that the model takes; 1e30 (no maximum) by default. */
  modelMaxLength?: number;
  /** Where padding goes, `'right'` by default. */
  paddingSide?: Side;
  /** Where tokens are cut off, `'right'` by default. */
  truncationSide?: Side;
  /** Whether `decode` removes spaces before punctuation, false by default. */
  cleanUpTokenizationSpaces?: boolean;
  /** Whether special tokens in a text are tokenized like ordinary text, false by default. */
  splitSpecialTokens?: boolean;
  /** Added tokens by id, none by default; special tokens need not be among them. */
  addedTokens?: ReadonlyMap<number, AddedToken>;
}
