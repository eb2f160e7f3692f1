import * as tf from '@tensorflow/tfjs';
import type { PredictInputs } from '../../models/model_inputs';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';

/**
 * The values of a model's outputs for a batch; no tensor is left behind.
 *
 * @param makeInputs makes the tensors of the batch, which are disposed of.
 * @param select what is read, of the outputs or made of them; the outputs by default.
 */
export async function readPredictions(
  model: TFDebertaV2PreTrainedModel,
  makeInputs: () => PredictInputs,
  select: (outputs: tf.Tensor[]) => tf.Tensor[] = (outputs) => outputs,
): Promise<Float32Array[]> {
  const selected = tf.tidy(() => select([model.predictOnBatch(makeInputs())].flat()));
  try {
    return await Promise.all(selected.map((tensor) => tensor.data<'float32'>()));
  } finally {
    tf.dispose(selected);
  }
}
