import type { TextFeature } from '../../data/features/text_feature_builder';
import { highest } from '../../data/scores';
import { evaluateMultiLabel, evaluateRegression, evaluateSingleLabel } from '../../metrics/evaluate_task';
import type { TFDebertaV2ForSequenceClassification } from '../../models/sequence_classification';
import {
  sequenceClassificationLoss,
  sequenceClassificationLossWeight,
  sequenceLossKind,
} from '../../models/task_losses';
import { measureBatches } from './measured_batches';
import { type PredictFeaturesOptions, rowsOf } from './predicted_batches';

/**
 * Measures a text classifier on labelled features, by what its configuration says it is: `loss`, and `accuracy`, `f1`
 * (mean of the classes) and `matthews_correlation`; of several labels a text `f1` and `f1_macro`; of regression
 * `pearson`, `spearman` and `mse`, of all outputs together.
 *
 * @returns values by name, as `train` takes them of `evaluation.evaluate`.
 * @throws {InputError} for features without labels, or that do not fit the model.
 *
 * @example
 * const collator = paddingCollator({ tokenizer });
 * await evaluateTextClassification(model, heldOut, { collator, batchSize: 32 }); // { loss: 0.11, accuracy: 0.96, … }
 */
export async function evaluateTextClassification(
  model: TFDebertaV2ForSequenceClassification,
  features: readonly TextFeature[],
  options: PredictFeaturesOptions<TextFeature>,
): Promise<Record<string, number>> {
  const { problemType, numLabels } = model.config;
  const labels: Float32Array[] = [];
  const logits: Float32Array[] = [];
  let kind: ReturnType<typeof sequenceLossKind> | undefined;
  const loss = await measureBatches(model, features, options, {
    lossOf: ({ labels: expected }, [scores]) => {
      kind = sequenceLossKind(problemType, numLabels, expected!);
      return {
        loss: sequenceClassificationLoss(expected!, scores as never, problemType),
        weight: sequenceClassificationLossWeight(expected!, numLabels, problemType),
      };
    },
    take: ({ batch, places, values: [scores] }) => {
      labels.push(...rowsOf(Float32Array.from(batch.ys.labels!.values), places.length));
      logits.push(...rowsOf(scores!, places.length));
    },
  });
  const best = (rows: readonly Float32Array[]) => rows.map((row) => highest(row, 1)[0]!);
  const all = (rows: readonly Float32Array[]) => rows.flatMap((row) => [...row]);
  switch (kind) {
    case 'regression':
      return { loss, ...evaluateRegression(all(labels), all(logits)) };
    case 'multi_label_classification':
      return {
        loss,
        ...evaluateMultiLabel(
          labels,
          logits.map((row) => row.map((logit) => Number(logit > 0))),
        ),
      };
    default:
      // Of soft labels the likeliest is the right one.
      return {
        loss,
        ...evaluateSingleLabel(numLabels === labels[0]!.length ? best(labels) : all(labels), best(logits)),
      };
  }
}
