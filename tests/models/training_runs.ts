import * as tf from '@tensorflow/tfjs';
import { weightSpecs } from '../../src/convert/weight_names';
import type { LabelInputs } from '../../src/models/label_inputs';
import type { CompileArgs } from '../../src/models/model_options';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { AdamWeightDecay, type AdamWeightDecayOptions } from '../../src/optimizers/adam_weight_decay';
import { linearSchedule } from '../../src/optimizers/schedules';
import { deterministicModel } from '../harness';
import { configFor, HEADS, type HeadFixture, type HeadName, readFixture, tensorsOf } from './cases';
import { readReferenceWeights } from './reference_weights';

/** Names of the reference's runs, a file of `fixtures/training` each. */
export const RUN_NAMES = [
  'masked_lm',
  'sequence_classification',
  'token_classification',
  'question_answering',
  'multiple_choice',
  'no_bias_correction',
  'layer_decay',
  'weighted_loss',
] as const;

/** A step of a run: its batch, and what came of it. */
export interface RunStep extends HeadFixture {
  /** Before clipping. */
  readonly gradient_norm: number;
  readonly learning_rate: number;
}

/** Eight steps that PyTorch made. */
export interface TrainingRun {
  readonly head: HeadName;
  readonly config: Record<string, unknown>;
  readonly optimizer: {
    readonly learning_rate: number;
    readonly warmup_steps: number;
    readonly betas: [number, number];
    readonly epsilon: string;
    readonly weight_decay: number;
    readonly max_gradient_norm: number;
    readonly bias_correction: boolean;
    readonly layer_decay: number;
  };
  readonly loss: { readonly label_smoothing: number; readonly class_weights: number[] };
  /** PyTorch's names of weights whose gradient is zero but for rounding. */
  readonly undetermined: readonly string[];
  readonly steps: readonly RunStep[];
}

export const readRun = (name: (typeof RUN_NAMES)[number]) => readFixture<TrainingRun>('training', `${name}.json`);

/** The model of a run before its first step. */
export function modelOf({ head, config }: Pick<TrainingRun, 'head' | 'config'>, changes: Record<string, unknown> = {}) {
  const options = { seed: 1 };
  return deterministicModel<InstanceType<(typeof HEADS)[HeadName]>>(
    HEADS[head],
    configFor({ ...config, ...changes }, head),
    options,
  );
}

/** The optimizer of a run. */
export function optimizerOf(
  { optimizer, steps }: Pick<TrainingRun, 'optimizer'> & { readonly steps: readonly unknown[] },
  changes: AdamWeightDecayOptions = {},
): AdamWeightDecay {
  const { learning_rate: peak, warmup_steps: warmupSteps, betas } = optimizer;
  return new AdamWeightDecay({
    learningRate: linearSchedule({ peak, totalSteps: steps.length, warmupSteps }),
    beta1: betas[0],
    beta2: betas[1],
    epsilon: Number(optimizer.epsilon),
    weightDecayRate: optimizer.weight_decay,
    clipNorm: optimizer.max_gradient_norm,
    biasCorrection: optimizer.bias_correction,
    layerwiseDecay: optimizer.layer_decay,
    ...changes,
  });
}

/** What `compile` is told of a run's loss. */
export function lossOf({ loss }: Pick<TrainingRun, 'loss'>): Pick<CompileArgs, 'labelSmoothing' | 'classWeights'> {
  const { label_smoothing: labelSmoothing, class_weights: classWeights } = loss;
  return classWeights.length === 0 ? {} : { labelSmoothing, classWeights };
}

/** Inputs and labels of some rows of a step's batch, all by default. */
export function batchOf(
  step: Omit<HeadFixture, 'loss'>,
  rows: [begin: number, end: number] = [0, 8],
): { x: Inputs; y: LabelInputs } {
  const { labels, start_positions, end_positions, ...x } = tensorsOf({}, step);
  const part = (tensor: tf.Tensor) => tf.slice(tensor, rows[0], rows[1] - rows[0]);
  const inputs = Object.fromEntries(Object.entries(x).map(([name, tensor]) => [name, part(tensor)])) as Inputs;
  if (labels !== undefined) return { x: inputs, y: part(labels) };
  return { x: inputs, y: { start_positions: part(start_positions!), end_positions: part(end_positions!) } };
}

type Inputs = { input_ids: tf.Tensor; attention_mask: tf.Tensor };

/** Compares the weights of a model with those at the end of a run, in `fixtures/<folder>/<file>`. */
export async function expectReferenceWeights(
  { undetermined }: Pick<TrainingRun, 'undetermined'>,
  model: TFDebertaV2PreTrainedModel,
  folder: string,
  file: string,
): Promise<void> {
  const weights = await readReferenceWeights(model, folder, file);
  const determined = weights.filter((weight) => !undetermined.includes(weight.name));
  expect(weights.length - determined.length).toBe(undetermined.length);
  for (const { variable, expected } of determined) expect(variable as tf.Tensor).toBeCloseToTensor(expected, 1e-5);
}

/** All numbers of all weights. */
export function valuesOf(model: TFDebertaV2PreTrainedModel): Float32Array[] {
  return model.getWeights().map((weight) => weight.dataSync<'float32'>().slice());
}

/** Without the weights that are {@link TrainingRun.undetermined}. */
export function determinedValuesOf(run: TrainingRun, model: TFDebertaV2PreTrainedModel): Float32Array[] {
  const specs = weightSpecs(model.config, HEADS[run.head].className);
  const names = new Map(specs.map(({ name, tfName }) => [tfName, name]));
  return valuesOf(model).filter((_, i) => !run.undetermined.includes(names.get(model.weights[i]!.originalName)!));
}

/** Compares the weights of two models, or of one at two times. */
export function expectSameWeights(received: Float32Array[], expected: Float32Array[], tolerance: number): void {
  expect(received).toHaveLength(expected.length);
  for (const [index, values] of received.entries()) {
    expect([...values]).toBeCloseToTensor([...expected[index]!], tolerance);
  }
}
