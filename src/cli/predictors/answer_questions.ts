import { UsageError } from '../../errors';
import type { TFDebertaV2ForQuestionAnswering } from '../../models/question_answering';
import { encodeExamples } from './encode_examples';
import { predictValues } from './predict_values';
import { echo, type Predictor, type PredictorSettings } from './predictor';
import { rounded, softmax } from './scores';

/** Longest answer in tokens. */
const MAX_ANSWER_LENGTH = 30;

/**
 * `{ text, text_pair, answer, score }`: text is the question, text_pair the context the answer stands in.
 *
 * The score is the product of the probabilities of start and end. Of a context that is too long, the end is not seen.
 *
 * @throws {UsageError} from `predict` when an example has no context.
 */
export function answerQuestions(model: TFDebertaV2ForQuestionAnswering, settings: PredictorSettings): Predictor {
  return {
    async predict(examples) {
      if (examples.some(({ textPair }) => textPair === undefined)) {
        throw new UsageError(
          'This model answers a question about a context, and there is none; give the context by --pair, or lines {"text": question, "text_pair": context}.',
          { expected: 'text_pair' },
        );
      }
      const batch = encodeExamples(examples, settings, 'only_second');
      const [starts, ends] = await predictValues(model, batch);
      return examples.map((example, row) => {
        const ids = batch.input_ids[row]!;
        const logitsOf = (logits: Float32Array) => logits.subarray(row * ids.length, (row + 1) * ids.length);
        const isContext = ids.map(
          (_, position) =>
            batch.token_type_ids[row]![position] === 1 && batch.special_tokens_mask[row]![position] === 0,
        );
        const span = bestSpan(softmax(logitsOf(starts!)), softmax(logitsOf(ends!)), isContext);
        const answer = span === undefined ? '' : settings.tokenizer.decode(ids.slice(span.start, span.end + 1));
        return { ...echo(example), answer, score: rounded(span?.score ?? 0) };
      });
    },
    dispose: () => model.dispose(),
  };
}

/**
 * The likeliest span within the context.
 *
 * @returns undefined when there is no context.
 */
export function bestSpan(
  starts: readonly number[],
  ends: readonly number[],
  isContext: readonly boolean[],
  maxLength = MAX_ANSWER_LENGTH,
): { start: number; end: number; score: number } | undefined {
  let best: { start: number; end: number; score: number } | undefined;
  for (let start = 0; start < starts.length; start++) {
    for (
      let end = start;
      end < Math.min(starts.length, start + maxLength) && isContext[start] && isContext[end];
      end++
    ) {
      const score = starts[start]! * ends[end]!;
      if (best === undefined || score > best.score) best = { start, end, score };
    }
  }
  return best;
}
