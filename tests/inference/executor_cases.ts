import * as tf from '@tensorflow/tfjs';
import type { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { withMaskedLmHead } from '../../src/config/masked_lm_head_name';
import type { InferenceInputs } from '../../src/inference/inference_inputs';
import { lower } from '../../src/inference/lower';
import type { Program } from '../../src/inference/program';
import type { WeightReader } from '../../src/inference/weight_reader';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import type { ModelInputs } from '../../src/models/model_inputs';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import type { NestedNumbers } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';
import { configFor, HEAD_NAMES, HEADS, type HeadName, MODEL_FIXTURES, type ModelFixture } from '../models/cases';

/** The heads, and the encoder without one. */
export const MODEL_NAMES = ['model', ...HEAD_NAMES] as const;
/** The original's own heads, which the fixtures have no outputs of. */
export const ORIGINAL_HEADS = ['enhanced_mask_decoder', 'replaced_token_detection'] as const;
export type ModelName = HeadName | 'model' | (typeof ORIGINAL_HEADS)[number];

const MODEL_CLASSES: Readonly<Record<ModelName, ModelClass<TFDebertaV2PreTrainedModel>>> = {
  ...HEADS,
  model: TFDebertaV2Model,
  enhanced_mask_decoder: TFDebertaV2ForMaskedLM,
  replaced_token_detection: TFDebertaV2ForReplacedTokenDetection,
};

/** A model, and what executors are made from. */
export interface Lowered {
  readonly model: TFDebertaV2PreTrainedModel;
  readonly program: Program;
  readonly weights: WeightReader;
}

/** A model with the fixtures' weights, lowered. */
export function lowered(json: Record<string, unknown>, name: ModelName): Lowered {
  const modelClass = MODEL_CLASSES[name];
  const config = configOf(json, name);
  const model = deterministicModel(modelClass, config);
  const variables = new Map(model.weights.map((weight) => [weight.originalName, weight]));
  return {
    model,
    program: lower(modelClass.className, config),
    weights: (weight) => variables.get(weight)!.read(),
  };
}

function configOf(json: Record<string, unknown>, name: ModelName): DebertaV2Config {
  if (name === 'enhanced_mask_decoder') return withMaskedLmHead(configFor(json, 'masked_lm'), name);
  return configFor(json, name === 'replaced_token_detection' ? 'model' : name);
}

/** The configuration of a fixture. */
export function fixtureNamed(name: string): ModelFixture {
  return MODEL_FIXTURES.find((fixture) => fixture.case === name)!;
}

/** Configurations with other steps each; the rest differ in numbers alone, or in an activation. */
export const STRUCTURES: readonly ModelFixture[] = [
  'conv_kernel_3',
  'conv_groups',
  'own_projections_biased_token_types',
  'embedding_size',
  'no_relative_attention',
  'no_position_terms',
  'c2p_only_own',
  'p2c_only',
  'token_types',
  'heads_1',
].map(fixtureNamed);

/** Inputs as executors take them. */
export interface ExecutorCase {
  readonly ids: number[][];
  /** `[B, S]` or `[B, 1, S or 1, S]`. */
  readonly mask?: NestedNumbers;
  readonly maskType?: 'float32' | 'int32' | 'bool';
  readonly types?: number[][];
  /** Rows of `[B · S]` that are asked for. */
  readonly rows?: number[];
}

/** The tensors of a case; those of the ids in int32. */
export function inputsOf({ ids, mask, maskType = 'int32', types, rows }: ExecutorCase): InferenceInputs {
  return {
    inputIds: tf.tensor2d(ids, undefined, 'int32'),
    ...(mask === undefined ? {} : { attentionMask: tf.tensor(mask, undefined, maskType) }),
    ...(types === undefined ? {} : { tokenTypeIds: tf.tensor2d(types, undefined, 'int32') }),
    ...(rows === undefined ? {} : { rows: tf.tensor1d(rows, 'int32') }),
  };
}

/**
 * What `forward` gives for an executor's inputs, in the order of the program's outputs.
 *
 * Each text is a choice by itself for multiple choice.
 */
export function forwardOutputs(model: TFDebertaV2PreTrainedModel, inputs: InferenceInputs): tf.Tensor[] {
  const { inputIds, attentionMask, tokenTypeIds, rows } = inputs;
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
    .map((name) => output[name]!)
    .map((tensor) => (rows === undefined ? tensor : tf.gather(tf.reshape(tensor, [-1, tensor.shape[2]!]), rows)));
}

/** A mask by which every token sees itself and those before it, `[B, 1, S, S]`. */
export function causalMask(batch: number, length: number): number[][][][] {
  const rows = Array.from({ length }, (_, query) => Array.from({ length }, (_, key) => Number(key <= query)));
  return Array.from({ length: batch }, () => [rows]);
}
