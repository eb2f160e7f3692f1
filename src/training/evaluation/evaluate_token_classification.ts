import type { TokenFeature } from '../../data/features/token_feature_builder';
import { highest } from '../../data/scores';
import { accuracy } from '../../metrics/accuracy';
import { classificationScores } from '../../metrics/classification_scores';
import type { EntityScoreOptions } from '../../metrics/entity_scores';
import { evaluateTokens } from '../../metrics/evaluate_task';
import type { TFDebertaV2ForTokenClassification } from '../../models/token_classification';
import { IGNORED_LABEL } from '../../ops/ignored_label';
import { classLossOf, measureBatches } from './measured_batches';
import { type PredictFeaturesOptions, rowsOf } from './predicted_batches';

/** Options of `evaluateTokenClassification`. */
export interface EvaluateTokensOptions
  extends PredictFeaturesOptions<TokenFeature>,
    Pick<EntityScoreOptions, 'scheme'> {}

/** `O`, or a prefix, a hyphen and a type. */
const ENTITY_TAG = /^(O|[A-Z]-.+)$/;

/**
 * Measures a token classifier on labelled features: `loss`, `f1`, `precision` and `recall` of whole entities as seqeval
 * has them, and `accuracy` of the tags; tokens with the label -100 do not count.
 *
 * Where the model's tags mark no entities, as those of parts of speech, the first three are means over the tags.
 *
 * @param options `scheme`: what the tags must follow, as `entityScores` has it; lenient by default.
 * @returns values by name, as `train` takes them of `evaluation.evaluate`.
 * @throws {InputError} for features without labels, or that do not fit the model or the scheme.
 *
 * @example
 * await evaluateTokenClassification(model, heldOut, { collator: tokenCollator({ tokenizer }) });
 * // { loss: 0.21, f1: 0.81, precision: 0.79, recall: 0.84, accuracy: 0.96 }
 */
export async function evaluateTokenClassification(
  model: TFDebertaV2ForTokenClassification,
  features: readonly TokenFeature[],
  { scheme, ...options }: EvaluateTokensOptions,
): Promise<Record<string, number>> {
  const { id2label, numLabels } = model.config;
  const labels: number[][] = [];
  const predictions: number[][] = [];
  const loss = await measureBatches(model, features, options, {
    lossOf: classLossOf,
    take: ({ batch, places, values: [logits] }) => {
      const expected = rowsOf(Float32Array.from(batch.ys.labels!.values), places.length);
      for (const [row, scores] of rowsOf(logits!, places.length).entries()) {
        const counted = [...expected[row]!.keys()].filter((token) => expected[row]![token] !== IGNORED_LABEL);
        labels.push(counted.map((token) => expected[row]![token]!));
        predictions.push(
          counted.map((token) => highest(scores.subarray(token * numLabels, (token + 1) * numLabels), 1)[0]!),
        );
      }
    },
  });
  if (Object.values(id2label).every((name) => ENTITY_TAG.test(name))) {
    const named = (rows: readonly number[][]) => rows.map((row) => row.map((label) => id2label[label]!));
    return { loss, ...evaluateTokens(named(labels), named(predictions), scheme === undefined ? {} : { scheme }) };
  }
  const [expected, predicted] = [labels.flat(), predictions.flat()];
  const { f1, precision, recall } = classificationScores(expected, predicted).macro;
  return { loss, f1, precision, recall, accuracy: accuracy(expected, predicted) };
}
