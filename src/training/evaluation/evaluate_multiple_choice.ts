import type { ChoiceFeature } from '../../data/features/choice_feature_builder';
import { highest } from '../../data/scores';
import { evaluateChoices } from '../../metrics/evaluate_task';
import type { TFDebertaV2ForMultipleChoice } from '../../models/multiple_choice';
import { classLossOf, measureBatches } from './measured_batches';
import { type PredictFeaturesOptions, rowsOf } from './predicted_batches';

/**
 * Measures a multiple-choice model on labelled features: `loss` and `accuracy`.
 *
 * @returns values by name, as `train` takes them of `evaluation.evaluate`.
 * @throws {InputError} for features without labels, or that do not fit the model.
 *
 * @example
 * await evaluateMultipleChoice(model, heldOut, { collator: choiceCollator({ tokenizer }) }); // { loss: 0.9, accuracy: 0.71 }
 */
export async function evaluateMultipleChoice(
  model: TFDebertaV2ForMultipleChoice,
  features: readonly ChoiceFeature[],
  options: PredictFeaturesOptions<ChoiceFeature>,
): Promise<Record<string, number>> {
  const labels: number[] = [];
  const predictions: number[] = [];
  const loss = await measureBatches(model, features, options, {
    lossOf: classLossOf,
    take: ({ batch, places, values: [logits] }) => {
      labels.push(...batch.ys.labels!.values);
      predictions.push(...rowsOf(logits!, places.length).map((row) => highest(row, 1)[0]!));
    },
  });
  return { loss, ...evaluateChoices(labels, predictions) };
}
