import type * as tf from '@tensorflow/tfjs';
import type { TFDebertaV2PreTrainedModel } from '../../models/pretrained_model';
import { AdamWeightDecay } from '../../optimizers/adam_weight_decay';

/** Does something with a model that has the running means of its weights, if its optimizer keeps such, and its own again. */
export async function withAverages<T>(model: TFDebertaV2PreTrainedModel, act: () => Promise<T>): Promise<T> {
  const { optimizer } = model;
  if (!(optimizer instanceof AdamWeightDecay) || optimizer.options.averageDecay === undefined) return act();
  const swap = () => optimizer.swapAverages(model.trainableWeights.map((weight) => weight.read() as tf.Variable));
  swap();
  try {
    return await act();
  } finally {
    swap();
  }
}
