import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { openSafetensors } from '../../src/convert/safetensors/safetensors_reader';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { linearSchedule } from '../../src/optimizers/schedules';
import { localFolder } from '../../src/sources/local_folder';
import type { NestedNumbers } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';
import { configFor, FIXTURES, type FixtureInputs, HEADS, type HeadName, readFixture, tensorsOf } from '../models/cases';
import type { RunStep } from '../models/training_runs';

/** Names of the adapters that PEFT made, a folder of `fixtures/lora` each. */
export const LORA_NAMES = [
  'shared',
  'own_projections',
  'pattern',
  'classifier',
  'masked_lm',
  'multiple_choice',
  'model',
] as const;

export type LoraName = (typeof LORA_NAMES)[number];

/** What PEFT's model with an adapter gives. */
export interface LoraFixture {
  readonly head: HeadName | 'model';
  readonly config: Record<string, unknown>;
  readonly inputs: FixtureInputs;
  /** By name; where there are rows for tokens, those of padding are 0. */
  readonly outputs: Readonly<Record<string, NestedNumbers>>;
  readonly optimizer: {
    readonly learning_rate: number;
    readonly total_steps: number;
    readonly warmup_steps: number;
    readonly weight_decay: number;
    readonly max_gradient_norm: number;
  };
  readonly undetermined: readonly string[];
  readonly steps: readonly RunStep[];
}

export const readLora = (name: LoraName) => readFixture<LoraFixture>('lora', name, 'expected.json');

/** Where an adapter lies. */
export const loraFolder = (name: LoraName | 'pickled') => join(FIXTURES, 'lora', name);

/** The model that an adapter is for, without it. */
export function baseModel({ head, config }: LoraFixture, changes: Record<string, unknown> = {}) {
  const modelClass = head === 'model' ? TFDebertaV2Model : HEADS[head];
  return deterministicModel<TFDebertaV2PreTrainedModel>(modelClass, configFor({ ...config, ...changes }, head), {
    seed: 1,
  });
}

/** The same with the adapter. */
export async function adaptedModel(name: LoraName, changes: Record<string, unknown> = {}) {
  const model = baseModel(readLora(name), changes);
  await model.loadAdapter(loraFolder(name));
  return model;
}

/** The optimizer of the recorded steps. */
export function optimizerOf({ optimizer }: LoraFixture): AdamWeightDecay {
  const { learning_rate: peak, total_steps: totalSteps, warmup_steps: warmupSteps } = optimizer;
  return new AdamWeightDecay({
    learningRate: linearSchedule({ peak, totalSteps, warmupSteps }),
    weightDecayRate: optimizer.weight_decay,
    clipNorm: optimizer.max_gradient_norm,
  });
}

/** Outputs of `forward` by the names of the fixture, padding left out as there. */
export function outputsOf(model: TFDebertaV2PreTrainedModel, fixture: LoraFixture): Record<string, tf.Tensor> {
  const result = model.forward(tensorsOf(fixture.inputs)) as Record<string, tf.Tensor>;
  return named(
    fixture,
    Object.keys(fixture.outputs).map((name) => result[name]!),
  );
}

/** The same of `predict`. */
export function predictionsOf(model: TFDebertaV2PreTrainedModel, fixture: LoraFixture): Record<string, tf.Tensor> {
  return named(fixture, [model.predict(tensorsOf(fixture.inputs))].flat());
}

function named({ inputs, outputs }: LoraFixture, tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  const mask = tf.tensor(inputs.attention_mask!);
  const masked = (tensor: tf.Tensor) => (tensor.rank === 3 ? tf.mul(tensor, tf.expandDims(mask, 2)) : tensor);
  return Object.fromEntries(Object.keys(outputs).map((name, index) => [name, masked(tensors[index]!)]));
}

/** Compares tensors with those of a fixture, or of another time. */
export function expectOutputs(
  received: Record<string, tf.Tensor>,
  expected: Readonly<Record<string, NestedNumbers | tf.Tensor>>,
  tolerance = 1e-5,
): void {
  expect(Object.keys(received)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(received)) {
    expect(values).toBeCloseToTensor(expected[name]!, tolerance);
  }
}

/** A weight of an adapter, and what PEFT has for it. */
export interface AdapterWeight {
  readonly name: string;
  readonly variable: tf.Variable;
  readonly expected: tf.Tensor;
}

/** Reads a file of tensors, one for each weight of the adapter on a model. */
export async function readAdapterWeights(
  model: TFDebertaV2PreTrainedModel,
  name: LoraName,
  file: string,
): Promise<AdapterWeight[]> {
  const reader = await openSafetensors(localFolder(loraFolder(name)), file);
  const { tensors } = model.adapter!;
  expect([...reader.tensors.keys()].sort()).toEqual(tensors.map((spec) => spec.name).sort());
  const variables = new Map(model.weights.map((weight) => [weight.originalName, weight.read() as tf.Variable]));
  const weights: AdapterWeight[] = [];
  for (const spec of tensors) {
    const values = tf.tensor(await reader.read(spec.name), [...spec.pytorchShape]);
    const expected = spec.transform === 'none' ? values : tf.transpose(values);
    weights.push({ name: spec.name, variable: variables.get(spec.tfName)!, expected });
  }
  await reader.close();
  return weights;
}
