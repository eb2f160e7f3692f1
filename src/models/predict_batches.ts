import * as tf from '@tensorflow/tfjs';
import type { InferenceInputs } from '../inference/inference_inputs';
import type { Predictor } from '../inference/predictor';
import { embeddingLookup } from '../ops/embedding_lookup';
import { type ModelInputs, mapInputs } from './model_inputs';

/** How the rows of a call are computed. */
export interface Batches {
  /** Rows computed at a time. */
  readonly batchSize: number;
  /** The tokens that the head is computed for, by text and position, in the order of the result; all by default. */
  readonly positions?: ReadonlyArray<readonly [text: number, position: number]> | undefined;
}

/** One batch of a model's inputs. */
interface Batch {
  readonly inputs: InferenceInputs;
  /** `[B, C]`, where a text has choices. */
  readonly choices: readonly [batch: number, choices: number] | undefined;
}

/**
 * Predicts inputs `[B, S]` or `[B, C, S]` some rows at a time; call it in a `tf.tidy`.
 *
 * @returns the outputs of all rows; `[B, C]` where a text has choices, `[N, V]` of chosen tokens.
 */
export function predictBatches(predictor: Predictor, inputs: ModelInputs, batches: Batches): tf.Tensor[] {
  const outputs = batchRanges(inputs, batches).map((range) =>
    tf.tidy(() => {
      const batch = takeBatch(inputs, range, batches);
      return shapeOutputs(predictor.run(batch.inputs), batch);
    }),
  );
  return inOrder(join(outputs), batches);
}

/**
 * As {@link predictBatches}, while the caller's thread goes on where the executor has others.
 *
 * The inputs are copied first, so the caller may let them go at once; nothing but the outputs stays behind.
 */
export async function predictBatchesAsync(
  predictor: Predictor,
  inputs: ModelInputs,
  batches: Batches,
): Promise<tf.Tensor[]> {
  const copies = copyBatches(inputs, batches);
  const outputs: tf.Tensor[][] = [];
  try {
    for (const batch of copies) outputs.push(await predictor.runAsync(batch.inputs));
    const shaped = () => join(outputs.map((ofBatch, index) => shapeOutputs(ofBatch, copies[index]!)));
    // Those of a single batch are the outputs themselves, which go.
    return tf.tidy(() => inOrder(shaped(), batches).map((output) => tf.clone(output)));
  } finally {
    tf.dispose(outputs);
    for (const batch of copies) tf.dispose({ ...batch.inputs });
  }
}

type Range = readonly [start: number, size: number];

/** The batches there are; those of which no token is chosen are left out. */
function batchRanges(inputs: ModelInputs, { batchSize, positions }: Batches): Range[] {
  const rows = inputs.input_ids!.shape[0]!;
  const batches = Math.max(1, Math.ceil(rows / batchSize));
  const ranges = Array.from(
    { length: batches },
    (_, batch): Range => [batch * batchSize, Math.min(batchSize, rows - batch * batchSize)],
  );
  return positions === undefined ? ranges : ranges.filter((range) => chosenIn(range, positions).length > 0);
}

/** Indices of the chosen tokens that some rows have. */
function chosenIn([start, size]: Range, positions: NonNullable<Batches['positions']>): number[] {
  return [...positions.keys()].filter((index) => {
    const [text] = positions[index]!;
    return text >= start && text < start + size;
  });
}

/** Chosen tokens in the order they were asked for; they come batch by batch. */
function inOrder(outputs: tf.Tensor[], { batchSize, positions }: Batches): tf.Tensor[] {
  if (positions === undefined) return outputs;
  const batchOf = (index: number) => Math.floor(positions[index]![0] / batchSize);
  const computed = [...positions.keys()].sort((a, b) => batchOf(a) - batchOf(b) || a - b);
  if (computed.every((index, row) => index === row)) return outputs;
  const rows = new Int32Array(computed.length);
  for (const [row, index] of computed.entries()) rows[index] = row;
  return outputs.map((output) => embeddingLookup(output as tf.Tensor2D, tf.tensor1d(rows, 'int32')));
}

function takeBatch(all: ModelInputs, range: Range, { positions }: Batches): Batch {
  const [start, size] = range;
  const isAll = size === all.input_ids!.shape[0];
  const inputs = isAll ? all : mapInputs(all, (tensor) => tf.slice(tensor, start, size));
  const { shape } = inputs.input_ids!;
  if (shape.length === 2) {
    const length = shape[1]!;
    const rows = positions && chosenIn(range, positions).map((index) => rowOf(positions[index]!, start, length));
    const chosen = rows === undefined ? {} : { rows: tf.tensor1d(rows, 'int32') };
    return { inputs: { ...toInferenceInputs(inputs), ...chosen }, choices: undefined };
  }
  const [batch = 0, choices = 0, length = 0] = shape;
  const texts = mapInputs(inputs, (tensor) => tf.reshape(tensor, [batch * choices, length]));
  return { inputs: toInferenceInputs(texts), choices: [batch, choices] };
}

function rowOf([text, position]: readonly [number, number], start: number, length: number): number {
  return (text - start) * length + position;
}

/** All batches, with tensors of their own. */
function copyBatches(inputs: ModelInputs, all: Batches): Batch[] {
  const batches: Batch[] = [];
  tf.tidy(() => {
    const copies = mapInputs(inputs, (tensor) => tf.clone(tensor));
    batches.push(...batchRanges(inputs, all).map((range) => takeBatch(copies, range, all)));
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
