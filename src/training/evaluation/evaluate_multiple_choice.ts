import type { ChoiceFeature } from '../../data/features/choice_feature_builder';
import { highest } from '../../data/scores';
import { evaluateChoices } from '../../metrics/evaluate_task';
import type { TFDebertaV2ForMultipleChoice } from '../../models/multiple_choice';
import { classificationLoss, classificationLossWeight } from '../../models/task_losses';
import { measureBatches } from './measured_batches';
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
    lossOf: ({ labels: expected }, [logits]) => ({
      loss: classificationLoss(expected!, logits!),
      weight: classificationLossWeight(expected!),
    }),
    take: ({ batch, places, values: [logits] }) => {
      labels.push(...batch.ys.labels!.values);
      predictions.push(...rowsOf(logits!, places.length).map((row) => highest(row, 1)[0]!));
    },
  });
  return { loss, ...evaluateChoices(labels, predictions) };
}
