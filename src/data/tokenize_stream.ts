import type { Encoding } from '../tokenization/encoding/encoding';
import type { EncodeBatchOptions, StreamedText } from '../tokenization/encoding/text_batches';
import type { PreTrainedTokenizer } from '../tokenization/pretrained_tokenizer';
import type { Feature } from './collator';

/** Options of {@link tokenizeStream}; those of `encodeBatch` that change neither rows nor their number. */
export interface TokenizeStreamOptions<Example, F extends Feature>
  extends Pick<EncodeBatchOptions, 'batchSize' | 'workers' | 'truncation' | 'maxLength' | 'isSplitIntoWords'> {
  tokenizer: PreTrainedTokenizer;
  /** The text, pair of texts, or words of an example. */
  textOf(example: Example): StreamedText;
  /** Makes the feature of an example and its text as numbers, `input_ids` and `token_type_ids`. */
  toFeature(encoding: Pick<Encoding, 'input_ids' | 'token_type_ids'>, example: Example): F;
}

/**
 * Features of a stream of examples, in order, tokenized on worker threads where there are `workers`.
 *
 * No more examples are held than the threads have in work.
 *
 * @throws {TokenizerError} for a text or option that the tokenizer cannot take; what `toFeature` throws.
 *
 * @example
 * const features = tokenizeStream(examples, {
 *   tokenizer,
 *   workers: 2,
 *   truncation: true,
 *   maxLength: 128,
 *   textOf: ({ text }) => text,
 *   toFeature: ({ input_ids }, { label }) => ({ input_ids, labels: Number(label) }),
 * });
 */
export async function* tokenizeStream<Example, F extends Feature>(
  examples: Iterable<Example> | AsyncIterable<Example>,
  { tokenizer, textOf, toFeature, ...options }: TokenizeStreamOptions<Example, F>,
): AsyncGenerator<F, void, undefined> {
  const waiting: Example[] = [];
  async function* texts(): AsyncGenerator<StreamedText> {
    for await (const example of examples) {
      waiting.push(example);
      yield textOf(example);
    }
  }
  for await (const { input_ids, token_type_ids } of tokenizer.encodeBatch(texts(), options)) {
    for (const [row, example] of waiting.splice(0, input_ids.length).entries()) {
      const types = token_type_ids?.[row];
      yield toFeature({ input_ids: input_ids[row]!, ...(types && { token_type_ids: types }) }, example);
    }
  }
}
