import type * as tf from '@tensorflow/tfjs';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { toTensorEncoding } from '../../tokenization/encoding/tensor_encoding';
import { readPredictions } from '../../training/evaluation/read_predictions';
import type { EncodedExamples } from './encode_examples';

/**
 * The values of a model's outputs for a batch; no tensor is left behind.
 *
 * @param select what of the outputs is read; all of them by default.
 */
export function predictValues(
  model: TFDebertaV2PreTrainedModel,
  { input_ids, attention_mask, token_type_ids }: Omit<EncodedExamples, 'special_tokens_mask'>,
  select?: (outputs: tf.Tensor[]) => tf.Tensor[],
): Promise<Float32Array[]> {
  return readPredictions(model, () => toTensorEncoding({ input_ids, attention_mask, token_type_ids }), select);
}
