import type { MaskPositions } from '../../models/model_options';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { toTensorEncoding } from '../../tokenization/encoding/tensor_encoding';
import { readPredictions } from '../../training/evaluation/read_predictions';
import { withoutUndefined } from '../../without_undefined';
import type { EncodedExamples } from './encode_examples';

/**
 * The values of a model's outputs for a batch; no tensor is left behind.
 *
 * @param maskPositions the tokens that are scored, all of them by default.
 */
export function predictValues(
  model: TFDebertaV2PreTrainedModel,
  { input_ids, attention_mask, token_type_ids }: Omit<EncodedExamples, 'special_tokens_mask'>,
  maskPositions?: MaskPositions,
): Promise<Float32Array[]> {
  const makeInputs = () => toTensorEncoding({ input_ids, attention_mask, token_type_ids });
  return readPredictions(model, makeInputs, withoutUndefined({ maskPositions }));
}
