import * as tf from '@tensorflow/tfjs';
import type { InferenceInputs } from '../inference/inference_inputs';
import type { Predictor } from '../inference/predictor';
import { type ModelInputs, mapInputs } from './model_inputs';

/** One batch of a model's inputs. */
interface Batch {
  readonly inputs: InferenceInputs;
  /** `[B, C]`, where a text has choices. */
  readonly choices: readonly [batch: number, choices: number] | undefined;
}

/**
 * Predicts inputs `[B, S]` or `[B, C, S]` some rows at a time; call it in a `tf.tidy`.
 *
 * @returns the outputs of all rows; `[B, C]` where a text has choices.
 */
export function predictBatches(predictor: Predictor, inputs: ModelInputs, batchSize: number): tf.Tensor[] {
  const outputs = batchRanges(inputs, batchSize).map((range) =>
    tf.tidy(() => {
      const batch = takeBatch(inputs, range);
      return shapeOutputs(predictor.run(batch.inputs), batch);
    }),
  );
  return join(outputs);
}

/**
 * As {@link predictBatches}, while the caller's thread goes on where the executor has others.
 *
 * The inputs are copied first, so the caller may let them go at once; nothing but the outputs stays behind.
 */
export async function predictBatchesAsync(
  predictor: Predictor,
  inputs: ModelInputs,
  batchSize: number,
): Promise<tf.Tensor[]> {
  const batches = copyBatches(inputs, batchSize);
  const outputs: tf.Tensor[][] = [];
  try {
    for (const batch of batches) outputs.push(await predictor.runAsync(batch.inputs));
    const shaped = () => join(outputs.map((ofBatch, index) => shapeOutputs(ofBatch, batches[index]!)));
    // Those of a single batch are the outputs themselves, which go.
    return tf.tidy(() => shaped().map((output) => tf.clone(output)));
  } finally {
    tf.dispose(outputs);
    for (const batch of batches) tf.dispose({ ...batch.inputs });
  }
}

type Range = readonly [start: number, size: number];

function batchRanges(inputs: ModelInputs, batchSize: number): Range[] {
  const rows = inputs.input_ids!.shape[0]!;
  const batches = Math.max(1, Math.ceil(rows / batchSize));
  return Array.from({ length: batches }, (_, batch) => [
    batch * batchSize,
    Math.min(batchSize, rows - batch * batchSize),
  ]);
}

function takeBatch(all: ModelInputs, [start, size]: Range): Batch {
  const isAll = size === all.input_ids!.shape[0];
  const inputs = isAll ? all : mapInputs(all, (tensor) => tf.slice(tensor, start, size));
  const { shape } = inputs.input_ids!;
  if (shape.length === 2) return { inputs: toInferenceInputs(inputs), choices: undefined };
  const [batch = 0, choices = 0, length = 0] = shape;
  const texts = mapInputs(inputs, (tensor) => tf.reshape(tensor, [batch * choices, length]));
  return { inputs: toInferenceInputs(texts), choices: [batch, choices] };
}

/** All batches, with tensors of their own. */
function copyBatches(inputs: ModelInputs, batchSize: number): Batch[] {
  const batches: Batch[] = [];
  tf.tidy(() => {
    const copies = mapInputs(inputs, (tensor) => tf.clone(tensor));
    batches.push(...batchRanges(inputs, batchSize).map((range) => takeBatch(copies, range)));
    for (const batch of batches) for (const tensor of Object.values(batch.inputs)) tf.keep(tensor as tf.Tensor);
  });
  return batches;
}

function shapeOutputs(outputs: tf.Tensor[], { choices }: Batch): tf.Tensor[] {
  return choices === undefined ? outputs : outputs.map((scores) => tf.reshape(scores, [...choices]));
}

function join(batches: tf.Tensor[][]): tf.Tensor[] {
  if (batches.length === 1) return batches[0]!;
  return batches[0]!.map((_, output) => tf.concat(batches.map((batch) => batch[output]!)));
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
