import type { BatchEncoding } from '../../tokenization/encoding/encoding';
import type { Example, PredictorSettings } from './predictor';

/** A batch with everything a predictor looks at. */
export type EncodedExamples = Required<
  Pick<BatchEncoding, 'input_ids' | 'token_type_ids' | 'attention_mask' | 'special_tokens_mask'>
>;

/** Examples as rows of one length; texts and pairs may be mixed. */
export function encodeExamples(
  examples: readonly Example[],
  { tokenizer, maxLength }: PredictorSettings,
  truncation: 'longest_first' | 'only_second' = 'longest_first',
): EncodedExamples {
  const options = { truncation, maxLength, returnSpecialTokensMask: true } as const;
  const encodings = examples.map(({ text, textPair }) =>
    tokenizer.call(text, textPair === undefined ? options : { ...options, textPair }),
  );
  return tokenizer.pad(encodings) as EncodedExamples;
}
