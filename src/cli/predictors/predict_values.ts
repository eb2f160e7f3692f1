import * as tf from '@tensorflow/tfjs';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { toTensorEncoding } from '../../tokenization/encoding/tensor_encoding';
import type { EncodedExamples } from './encode_examples';

/**
 * The values of a model's outputs for a batch; no tensor is left behind.
 *
 * @param select what of the outputs is read; all of them by default.
 */
export async function predictValues(
  model: TFDebertaV2PreTrainedModel,
  { input_ids, attention_mask, token_type_ids }: EncodedExamples,
  select: (outputs: tf.Tensor[]) => tf.Tensor[] = (outputs) => outputs,
): Promise<Float32Array[]> {
  const selected = tf.tidy(() => {
    const outputs = model.predict(toTensorEncoding({ input_ids, attention_mask, token_type_ids }));
    return select(Array.isArray(outputs) ? outputs : [outputs]);
  });
  try {
    return await Promise.all(selected.map((tensor) => tensor.data<'float32'>()));
  } finally {
    tf.dispose(selected);
  }
}
