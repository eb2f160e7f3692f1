import * as tf from '@tensorflow/tfjs';
import type { PredictInputs } from '../../models/model_inputs';
import type { MaskPositions } from '../../models/model_options';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { withoutUndefined } from '../../without_undefined';

/** See {@link readPredictions}. */
interface ReadOptions {
  readonly select?: (outputs: tf.Tensor[]) => tf.Tensor[];
  readonly maskPositions?: MaskPositions;
}

/**
 * The values of a model's outputs for a batch; no tensor is left behind.
 *
 * @param makeInputs makes the tensors of the batch, which are disposed of.
 * @param options `select`: what is read, of the outputs or made of them, the outputs by default; `maskPositions`: the
 *   tokens that a masked-LM head scores, all by default.
 */
export async function readPredictions(
  model: TFDebertaV2PreTrainedModel,
  makeInputs: () => PredictInputs,
  { select = (outputs) => outputs, maskPositions }: ReadOptions = {},
): Promise<Float32Array[]> {
  const selected = tf.tidy(() =>
    select([model.predictOnBatch(makeInputs(), withoutUndefined({ maskPositions }))].flat()),
  );
  try {
    return await Promise.all(selected.map((tensor) => tensor.data<'float32'>()));
  } finally {
    tf.dispose(selected);
  }
}
