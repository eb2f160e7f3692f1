import type { QuestionExample } from '../../data/examples/question_example';
import { type ExtractAnswersOptions, extractAnswers } from '../../data/features/extract_answers';
import type { QuestionFeature } from '../../data/features/question_feature_builder';
import { evaluateAnswers } from '../../metrics/evaluate_task';
import type { TFDebertaV2ForQuestionAnswering } from '../../models/question_answering';
import { type PredictFeaturesOptions, predictedBatches, rowsOf } from './predicted_batches';

/** Options of `evaluateQuestionAnswering`. */
export interface EvaluateQuestionsOptions
  extends PredictFeaturesOptions<QuestionFeature>,
    Omit<ExtractAnswersOptions, 'paddingSide'> {
  /** The questions that the features were made of, with all answers that count as right. */
  readonly examples: readonly QuestionExample[];
}

/**
 * Measures the answers that a model finds, by SQuAD's scores in percent: `f1` and `exact_match`, and of version 2.0 both
 * of the questions with and without an answer.
 *
 * Whether a question may have no answer is, unless `versionTwo` says so, seen by the examples. One without features has no
 * answer. There is no loss: of several right answers, and of several windows, it knows but one.
 *
 * @param features of all windows; positions of answers are not looked at (`labelAnswers: false`).
 * @returns values by name, as `train` takes them of `evaluation.evaluate`.
 * @throws {InputError} for no examples, and features that do not fit the model.
 *
 * @example
 * const builder = new QuestionFeatureBuilder({ tokenizer, labelAnswers: false });
 * const features = examples.flatMap((example) => builder.build(example));
 * await evaluateQuestionAnswering(model, features, { examples, collator: questionCollator({ tokenizer }) });
 * // { f1: 81.2, exact_match: 73.9 }
 */
export async function evaluateQuestionAnswering(
  model: TFDebertaV2ForQuestionAnswering,
  features: readonly QuestionFeature[],
  { examples, ...options }: EvaluateQuestionsOptions,
): Promise<Record<string, number>> {
  const starts: Float32Array[] = [];
  const ends: Float32Array[] = [];
  for await (const { places, batch, values } of predictedBatches(model, features, options)) {
    const masks = rowsOf(Float32Array.from(batch.xs.attention_mask!.values), places.length);
    const [startRows, endRows] = values.map((output) => rowsOf(output, places.length));
    for (const [row, place] of places.entries()) {
      const isToken = (_logit: number, token: number) => masks[row]![token] === 1;
      starts[place] = startRows![row]!.filter(isToken);
      ends[place] = endRows![row]!.filter(isToken);
    }
  }
  const { versionTwo = examples.some(({ answers }) => answers.text.length === 0) } = options;
  const found = extractAnswers(features, starts, ends, { ...options, versionTwo });
  const byId = new Map(found.map(({ exampleId, text }) => [exampleId, text]));
  const scores = evaluateAnswers(
    examples.map(({ answers }) => answers.text),
    examples.map(({ id }) => byId.get(id) ?? ''),
  );
  return { ...scores };
}
