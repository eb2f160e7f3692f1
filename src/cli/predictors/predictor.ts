import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';

/** A text or a pair of texts to predict. */
export interface Example {
  readonly text: string;
  readonly textPair?: string;
}

/** A model that turns examples into one JSON-able result each, in the same order. */
export interface Predictor {
  predict(examples: readonly Example[]): Promise<object[]>;
  dispose(): void;
}

/** What every kind of predictor needs beside its model. */
export interface PredictorSettings {
  readonly tokenizer: DebertaV2TokenizerFast;
  /** Longest input in tokens; what is beyond is cut off. */
  readonly maxLength: number;
  /** How many labels or tokens are listed; each kind has its own default. */
  readonly topK: number | undefined;
}

/** The keys that tell a result's example. */
export function echo({ text, textPair }: Example): { text: string; text_pair?: string } {
  return textPair === undefined ? { text } : { text, text_pair: textPair };
}
