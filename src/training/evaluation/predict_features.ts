import type { Feature } from '../../data/collator';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { type PredictFeaturesOptions, predictedBatches, rowsOf } from './predicted_batches';

/**
 * What a model predicts for features, in their order, computed in batches.
 *
 * @returns for each output of the model, of which question answering has two, a row for each feature: of classes `[C]`;
 *   of tokens `[S]` or `[S, C]` row by row, where `S` is the length of the batch, padding included.
 * @throws {InputError} for features that do not fit the model.
 *
 * @example
 * const [logits] = await predictFeatures(model, features, { collator: paddingCollator({ tokenizer }) });
 * const best = logits.map((row) => highest(row, 1)[0]);
 */
export async function predictFeatures<F extends Feature>(
  model: TFDebertaV2PreTrainedModel,
  features: readonly F[],
  options: PredictFeaturesOptions<F>,
): Promise<Float32Array[][]> {
  const outputs: Float32Array[][] = [];
  for await (const { places, values } of predictedBatches(model, features, options)) {
    for (const [output, array] of values.entries()) {
      outputs[output] ??= [];
      for (const [row, logits] of rowsOf(array, places.length).entries()) outputs[output][places[row]!] = logits;
    }
  }
  return outputs;
}
