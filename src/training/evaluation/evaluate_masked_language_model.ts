import type { EncodedText } from '../../data/features/encoded_text';
import { evaluateMaskedLM } from '../../metrics/evaluate_task';
import type { TFDebertaV2ForMaskedLM } from '../../models/masked_lm';
import { classLossOf, measureBatches } from './measured_batches';
import type { PredictFeaturesOptions } from './predicted_batches';

/**
 * Measures a masked language model on texts: `loss`, the mean over the tokens to be guessed, and `perplexity`.
 *
 * Which tokens those are is drawn by the collator, from the seed alone, so that evaluations with one batch size guess the
 * same.
 *
 * @returns values by name, as `train` takes them of `evaluation.evaluate`.
 * @throws {InputError} for features that do not fit the model, or of which no token is chosen.
 *
 * @example
 * await evaluateMaskedLanguageModel(model, heldOut, { collator: maskedLMCollator({ tokenizer }) });
 * // { loss: 2.1, perplexity: 8.2 }
 */
export async function evaluateMaskedLanguageModel(
  model: TFDebertaV2ForMaskedLM,
  features: readonly EncodedText[],
  options: PredictFeaturesOptions<EncodedText>,
): Promise<Record<string, number>> {
  // The scores of a whole vocabulary at every token are not read back.
  const loss = await measureBatches(model, features, options, {
    lossOf: classLossOf,
  });
  return { loss, ...evaluateMaskedLM(loss) };
}
