import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../../src/config/deberta_v2_config';
import type { InferenceInputs } from '../../src/inference/inference_inputs';
import { lower } from '../../src/inference/lower';
import type { Program } from '../../src/inference/program';
import type { WeightReader } from '../../src/inference/weight_reader';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import type { ModelInputs } from '../../src/models/model_inputs';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import type { NestedNumbers } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';
import { configFor, HEAD_NAMES, HEADS, type HeadName, MODEL_FIXTURES, type ModelFixture } from '../models/cases';

/** The heads, and the encoder without one. */
export const MODEL_NAMES = ['model', ...HEAD_NAMES] as const;
export type ModelName = HeadName | 'model';

/** A model, and what executors are made from. */
export interface Lowered {
  readonly model: TFDebertaV2PreTrainedModel;
  readonly program: Program;
  readonly weights: WeightReader;
}

/** A model with the fixtures' weights, lowered. */
export function lowered(json: Record<string, unknown>, name: ModelName): Lowered {
  const modelClass = (name === 'model' ? TFDebertaV2Model : HEADS[name]) as ModelClass<TFDebertaV2PreTrainedModel>;
  const config: DebertaV2Config = configFor(json, name);
  const model = deterministicModel(modelClass, config);
  const variables = new Map(model.weights.map((weight) => [weight.originalName, weight]));
  return {
    model,
    program: lower(modelClass.className, config),
    weights: (weight) => variables.get(weight)!.read(),
  };
}

/** The configuration of a fixture. */
export function fixtureNamed(name: string): ModelFixture {
  return MODEL_FIXTURES.find((fixture) => fixture.case === name)!;
}

/** Inputs as executors take them. */
export interface ExecutorCase {
  readonly ids: number[][];
  /** `[B, S]` or `[B, 1, S or 1, S]`. */
  readonly mask?: NestedNumbers;
  readonly maskType?: 'float32' | 'int32' | 'bool';
  readonly types?: number[][];
}

/** The tensors of a case; those of the ids in int32. */
export function inputsOf({ ids, mask, maskType = 'int32', types }: ExecutorCase): InferenceInputs {
  return {
    inputIds: tf.tensor2d(ids, undefined, 'int32'),
    ...(mask === undefined ? {} : { attentionMask: tf.tensor(mask, undefined, maskType) }),
    ...(types === undefined ? {} : { tokenTypeIds: tf.tensor2d(types, undefined, 'int32') }),
  };
}

/**
 * What `forward` gives for an executor's inputs, in the order of the program's outputs.
 *
 * Each text is a choice by itself for multiple choice.
 */
export function forwardOutputs(model: TFDebertaV2PreTrainedModel, inputs: InferenceInputs): tf.Tensor[] {
  const { inputIds, attentionMask, tokenTypeIds } = inputs;
  const hasChoices = model.constructor === HEADS.multiple_choice;
  const asText = (tensor: tf.Tensor) => (hasChoices ? tf.expandDims(tensor, 1) : tensor);
  const given: ModelInputs = {
    input_ids: asText(inputIds),
    ...(attentionMask === undefined ? {} : { attention_mask: asText(attentionMask) }),
    ...(tokenTypeIds === undefined ? {} : { token_type_ids: asText(tokenTypeIds) }),
  };
  const output = model.forward(given) as Record<string, tf.Tensor>;
  return ['last_hidden_state', 'logits', 'start_logits', 'end_logits']
    .filter((name) => output[name] !== undefined)
    .map((name) => output[name]!);
}

/** A mask by which every token sees itself and those before it, `[B, 1, S, S]`. */
export function causalMask(batch: number, length: number): number[][][][] {
  const rows = Array.from({ length }, (_, query) => Array.from({ length }, (_, key) => Number(key <= query)));
  return Array.from({ length: batch }, () => [rows]);
}
