import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors';

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

/**
 * What `predict`, `fit` and `evaluate` take: ids alone, an array in the order of {@link INPUT_NAMES}, or a map by
 * those names (other keys of a tokenizer's result are ignored).
 */
export type PredictInputs = tf.Tensor | tf.Tensor[] | { readonly [name: string]: unknown };

/** The named inputs of a Keras-style call. */
export function nameInputs(x: PredictInputs): ModelInputs {
  if (x instanceof tf.Tensor) return { input_ids: x };
  if (Array.isArray(x)) return Object.fromEntries(x.slice(0, INPUT_NAMES.length).map((t, i) => [INPUT_NAMES[i], t]));
  const named = INPUT_NAMES.filter((name) => x[name] !== undefined);
  for (const name of named) {
    if (!(x[name] instanceof tf.Tensor)) {
      throw new InputError(`${name} must be a tensor, received ${typeof x[name]}; tokenize with returnTensors: 'tf'.`, {
        path: name,
        expected: 'tf.Tensor',
      });
    }
  }
  return Object.fromEntries(named.map((name) => [name, x[name]]));
}

/**
 * Refuses inputs whose shapes do not fit together.
 *
 * @param rank of the ids: 2, or 3 for multiple choice.
 */
export function checkInputShapes(inputs: ModelInputs, rank: number): void {
  const { input_ids: ids, inputs_embeds: embeds } = inputs;
  if ((ids === undefined) === (embeds === undefined)) {
    const received = ids === undefined ? 'neither' : 'both';
    throw new InputError(`Either input_ids or inputs_embeds must be given, received ${received}.`, { received });
  }
  const name = ids === undefined ? 'inputs_embeds' : 'input_ids';
  const expectedRank = ids === undefined ? rank + 1 : rank;
  const given = (ids ?? embeds)!;
  const axes = ids === undefined ? ', E' : '';
  if (given.rank !== expectedRank || given.shape.includes(0)) {
    throw new InputError(
      `${name} must have the shape ${rank === 2 ? `[B, S${axes}]` : `[B, C, S${axes}]`} with no axis of 0, received [${given.shape}].`,
      { path: name, received: given.shape },
    );
  }
  const shape = given.shape.slice(0, rank);
  for (const other of ['attention_mask', 'token_type_ids', 'position_ids'] as const) {
    const tensor = inputs[other];
    if (tensor === undefined || allowedShapes(other, shape).some((allowed) => sameShape(tensor.shape, allowed)))
      continue;
    throw new InputError(`${other} must have the shape of the tokens, [${shape}], received [${tensor.shape}].`, {
      path: other,
      expected: shape,
      received: tensor.shape,
    });
  }
}

function allowedShapes(name: 'attention_mask' | 'token_type_ids' | 'position_ids', shape: number[]): number[][] {
  const [batch = 0, length = 0] = shape;
  if (name === 'position_ids') return [shape, [1, ...shape.slice(1)]];
  if (name === 'attention_mask' && shape.length === 2) {
    return [shape, [batch, length, length], [batch, 1, length, length], [batch, 1, 1, length]];
  }
  return [shape];
}

function sameShape(shape: number[], other: number[]): boolean {
  return shape.length === other.length && shape.every((size, axis) => size === other[axis]);
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
      `${name} must be integers from 0 to ${size - 1} (${field} is ${size}), received ${bad}; is this the tokenizer of the model?`,
      { path: name, expected: size, received: bad },
    );
  }
}
