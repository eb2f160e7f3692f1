import * as tf from '@tensorflow/tfjs';
import type { InferenceInputs } from '../inference/inference_inputs';
import type { Predictor } from '../inference/predictor';
import { type ModelInputs, mapInputs } from './model_inputs';

/**
 * Predicts inputs `[B, S]` or `[B, C, S]` some rows at a time; call it in a `tf.tidy`.
 *
 * @returns the outputs of all rows; `[B, C]` where a text has choices.
 */
export function predictBatches(predictor: Predictor, inputs: ModelInputs, batchSize: number): tf.Tensor[] {
  const rows = inputs.input_ids!.shape[0]!;
  if (rows <= batchSize) return predictBatch(predictor, inputs);
  const batches: tf.Tensor[][] = [];
  for (let start = 0; start < rows; start += batchSize) {
    const size = Math.min(batchSize, rows - start);
    const batch = () =>
      predictBatch(
        predictor,
        mapInputs(inputs, (tensor) => tf.slice(tensor, start, size)),
      );
    batches.push(tf.tidy(batch));
  }
  return batches[0]!.map((_, output) => tf.concat(batches.map((batch) => batch[output]!)));
}

function predictBatch(predictor: Predictor, inputs: ModelInputs): tf.Tensor[] {
  const { shape } = inputs.input_ids!;
  if (shape.length === 2) return predictor.run(toInferenceInputs(inputs));
  const [batch = 0, choices = 0, length = 0] = shape;
  const texts = mapInputs(inputs, (tensor) => tf.reshape(tensor, [batch * choices, length]));
  return predictor.run(toInferenceInputs(texts)).map((scores) => tf.reshape(scores, [batch, choices]));
}

function toInferenceInputs(inputs: ModelInputs): InferenceInputs {
  const { input_ids: ids, attention_mask: mask, token_type_ids: types } = inputs;
  return {
    inputIds: ids as tf.Tensor2D,
    ...(mask === undefined || isAllOnes(mask) ? {} : { attentionMask: withHeadAxis(mask) }),
    ...(types === undefined ? {} : { tokenTypeIds: types as tf.Tensor2D }),
  };
}

/** Texts without padding take a shorter way. Reads the mask back, as the check of the ids does with them. */
function isAllOnes(mask: tf.Tensor): boolean {
  return mask.dataSync().every((value) => value === 1);
}

/** `[B, S, S]` → `[B, 1, S, S]`. */
function withHeadAxis(mask: tf.Tensor): tf.Tensor {
  return mask.rank === 3 ? tf.expandDims(mask, 1) : mask;
}
