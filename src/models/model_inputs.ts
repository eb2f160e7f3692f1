import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../config/deberta_v2_config';
import { InputError, UsageError } from '../errors';

/** Inputs of a pass, by the names tokenizers give them; int32 tensors `[B, S]` (`[B, C, S]` for multiple choice). */
export interface ModelInputs {
  readonly input_ids?: tf.Tensor;
  /** 1 for tokens, 0 for padding; ones by default. `[B, S, S]` says which tokens see which. */
  readonly attention_mask?: tf.Tensor;
  /** Zeros by default; without effect when the model has no token types. */
  readonly token_type_ids?: tf.Tensor;
  /** 0 to S − 1 by default; without effect when positions are not added to the input. */
  readonly position_ids?: tf.Tensor;
  /** Embedded tokens `[B, S, E]` in place of `input_ids`. */
  readonly inputs_embeds?: tf.Tensor;
}

/** The inputs of the Keras graph, in its order. */
export const INPUT_NAMES = ['input_ids', 'attention_mask', 'token_type_ids'] as const;

/** Every input there is. */
const TENSOR_NAMES = [...INPUT_NAMES, 'position_ids', 'inputs_embeds'] as const;

/**
 * What `predict`, `fit` and `evaluate` take: ids alone, an array in the order input_ids, attention_mask,
 * token_type_ids, or a map by those names (other keys of a tokenizer's result are ignored).
 */
export type PredictInputs = tf.Tensor | tf.Tensor[] | { readonly [name: string]: unknown };

/**
 * The named inputs of a Keras-style call.
 *
 * @throws {InputError} when input_ids is missing or one of them is no tensor.
 */
export function nameInputs(x: PredictInputs): ModelInputs {
  const listed = x instanceof tf.Tensor ? [x] : Object(x);
  const found = INPUT_NAMES.map((name, index) => [name, Array.isArray(listed) ? listed[index] : listed[name]] as const);
  const given = found.filter(([, value]) => value !== undefined && value !== null);
  for (const [name, value] of given) requireTensor(name, value);
  if (given[0]?.[0] !== 'input_ids') {
    throw new InputError('Inputs must hold the tensor input_ids, received none; embedded tokens go to forward.', {
      path: 'input_ids',
    });
  }
  return Object.fromEntries(given);
}

/** The same inputs, each that is given changed; whatever else the object holds is left out. */
export function mapInputs(inputs: ModelInputs, change: (tensor: tf.Tensor) => tf.Tensor): ModelInputs {
  const given = TENSOR_NAMES.filter((name) => inputs[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, change(inputs[name]!)]));
}

function requireTensor(name: string, value: unknown): void {
  if (value instanceof tf.Tensor) return;
  const received = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value;
  throw new InputError(`${name} must be a tensor, received ${received}; tokenize with returnTensors: 'tf'.`, {
    path: name,
    expected: 'tf.Tensor',
    received,
  });
}

/**
 * Refuses inputs whose shapes do not fit together; reads nothing back.
 *
 * @param rank of the ids: 2, or 3 for multiple choice.
 */
export function checkInputShapes(inputs: ModelInputs, rank: 2 | 3, { embeddingSize }: DebertaV2Config): void {
  for (const name of TENSOR_NAMES) if (inputs[name] !== undefined) requireTensor(name, inputs[name]);
  const { input_ids: ids, inputs_embeds: embeds } = inputs;
  if ((ids === undefined) === (embeds === undefined)) {
    const received = ids === undefined ? 'neither' : 'both';
    throw new InputError(`Either input_ids or inputs_embeds must be given, received ${received}.`, { received });
  }
  const tokens = (ids ?? embeds)!;
  const axes = [...(rank === 2 ? ['B', 'S'] : ['B', 'C', 'S']), ...(ids === undefined ? [embeddingSize] : [])];
  const fits = tokens.rank === axes.length && (ids !== undefined || tokens.shape.at(-1) === embeddingSize);
  if (!fits || tokens.size === 0) {
    const name = ids === undefined ? 'inputs_embeds' : 'input_ids';
    throw new InputError(
      `${name} must have the shape [${axes.join(', ')}] with no axis of 0, received [${tokens.shape}].`,
      { path: name, expected: axes, received: tokens.shape },
    );
  }
  const shape = tokens.shape.slice(0, rank);
  for (const name of ['attention_mask', 'token_type_ids', 'position_ids'] as const) {
    const tensor = inputs[name];
    if (
      tensor === undefined ||
      allowedShapes(name, shape).some((allowed) => tf.util.arraysEqual(tensor.shape, allowed))
    )
      continue;
    throw new InputError(`${name} must have the shape of the tokens, [${shape}], received [${tensor.shape}].`, {
      path: name,
      expected: shape,
      received: tensor.shape,
    });
  }
}

function allowedShapes(name: 'attention_mask' | 'token_type_ids' | 'position_ids', shape: number[]): number[][] {
  const [batch = 0, length = 0] = shape;
  if (shape.length === 3) return [shape];
  if (name === 'position_ids') return [shape, [1, length]];
  if (name === 'token_type_ids') return [shape];
  return [shape, [batch, length, length], [batch, 1, length, length], [batch, 1, 1, length]];
}

/**
 * Refuses ids outside of their table. Reads the ids back, so it runs where ids enter (`predict`, `fit`) and not
 * inside the differentiable pass.
 */
export function checkIds(name: string, ids: tf.Tensor | undefined, size: number, field: string): void {
  if (ids === undefined) return;
  const bad = ids.dataSync().find((id) => !(id >= 0 && id < size && Number.isInteger(id)));
  if (bad !== undefined) {
    throw new InputError(
      `${name} must be integers from 0 to ${size - 1} (${field} is ${size}), received ${bad} (is this the tokenizer of the model?).`,
      { path: name, expected: size, received: bad },
    );
  }
}

/** Refuses a batch size that is given and is none. */
export function checkBatchSize(batchSize: number | undefined): void {
  if (batchSize == null || (Number.isInteger(batchSize) && batchSize > 0)) return;
  throw new UsageError(`batchSize must be a positive integer, received ${batchSize}.`, { received: batchSize });
}
