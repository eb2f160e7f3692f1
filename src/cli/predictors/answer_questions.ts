import { extractAnswers } from '../../data/features/extract_answers';
import { type QuestionFeature, QuestionFeatureBuilder } from '../../data/features/question_feature_builder';
import { UsageError } from '../../errors';
import { logger } from '../../logger';
import type { TFDebertaV2ForQuestionAnswering } from '../../models/question_answering';
import type { EncodedExamples } from './encode_examples';
import { predictValues } from './predict_values';
import { echo, type Predictor, type PredictorSettings } from './predictor';
import { rounded } from './scores';

/** What share of a window the next one repeats, as in Hugging Face's scripts: 128 of 384 tokens. */
const STRIDE_SHARE = 1 / 3;

/** The special tokens of a pair, and a token of the question. */
const TOKENS_BESIDE = 4;

/**
 * `{ text, text_pair, answer, score }`: text is the question, text_pair the context the answer stands in.
 *
 * A context that is too long is read in windows. The score is the answer's probability among the best candidates. A
 * blank context, and one that its question leaves no room for, have no answer.
 *
 * @throws {InputError} when `maxLength` leaves no room for a question and a context.
 * @throws {UsageError} from `predict` when an example has no context.
 */
export function answerQuestions(model: TFDebertaV2ForQuestionAnswering, settings: PredictorSettings): Predictor {
  const { tokenizer, maxLength } = settings;
  const stride = Math.floor((maxLength - TOKENS_BESIDE) * STRIDE_SHARE);
  const builder = new QuestionFeatureBuilder({ tokenizer, maxLength, stride, labelAnswers: false, onBadRow: 'skip' });
  let isWarned = false;
  return {
    async predict(examples) {
      const windows = examples.flatMap(({ text: question, textPair: context }, index) => {
        if (context === undefined) {
          throw new UsageError(
            'This model answers a question about a context, and there is none; give the context by --pair, or lines {"text": question, "text_pair": context}.',
            { expected: 'text_pair' },
          );
        }
        return builder.build({ id: String(index), question, context, answers: { text: [], answer_start: [] } });
      });
      if (builder.report.skipped > 0 && !isWarned) {
        isWarned = true;
        logger.warn(`A question has no answer, since its context is blank or does not fit into ${maxLength} tokens.`);
      }
      const starts: Float32Array[] = [];
      const ends: Float32Array[] = [];
      for (let first = 0; first < windows.length; first += examples.length) {
        const batch = padded(windows.slice(first, first + examples.length), settings);
        const [startLogits, endLogits] = await predictValues(model, batch);
        const length = batch.input_ids[0]!.length;
        for (let row = 0; row < batch.input_ids.length; row++) {
          starts.push(startLogits!.subarray(row * length, (row + 1) * length));
          ends.push(endLogits!.subarray(row * length, (row + 1) * length));
        }
      }
      const answers = extractAnswers(windows, starts, ends, { paddingSide: tokenizer.paddingSide });
      return examples.map((example, index) => {
        const found = answers.find(({ exampleId }) => exampleId === String(index));
        return { ...echo(example), answer: found?.text ?? '', score: rounded(found?.nBest[0]?.probability ?? 0) };
      });
    },
    dispose: () => model.dispose(),
  };
}

function padded(windows: readonly QuestionFeature[], { tokenizer }: PredictorSettings) {
  const rows = windows.map(({ input_ids, token_type_ids = [] }) => ({
    input_ids: [...input_ids],
    token_type_ids: [...token_type_ids],
  }));
  return tokenizer.pad(rows) as Omit<EncodedExamples, 'special_tokens_mask'>;
}
