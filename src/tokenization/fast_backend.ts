import type { SequenceTemplate } from './encoding/sequence_template';
import type { SlowSegmenterSettings } from './slow_segmenter';
import type { AlignedEngine } from './tokenizer_engine';
import type { TokenizerVocabulary } from './tokenizer_vocabulary';

/** What `DebertaV2TokenizerFast` cuts texts with: whole texts in, tokens with positions out, and back. */
export interface FastBackend extends AlignedEngine {
  /** How special tokens are laid around texts. */
  readonly template: SequenceTemplate;
  /** Text of ids. */
  decode(ids: readonly number[], skipSpecialTokens: boolean): string;
  /** Text of tokens. */
  joinTokens(tokens: readonly string[]): string;
}

/** Makes the backend for a vocabulary, once and whenever tokens are added. */
export type BackendMaker = (vocabulary: TokenizerVocabulary, settings: SlowSegmenterSettings) => FastBackend;
