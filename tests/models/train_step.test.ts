import * as tf from '@tensorflow/tfjs';
import type { CompileArgs } from '../../src/models/model_options';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import type { TrainStepResult } from '../../src/models/train_step_result';
import { AdamWeightDecay, type AdamWeightDecayOptions } from '../../src/optimizers/adam_weight_decay';
import { type BackendName, eachBackend } from '../harness';
import { recordedLogs } from '../harness/recorded_logs';
import { tinyConfig } from '../layers/tiny_config';
import { HEAD_NAMES } from './cases';
import {
  batchOf,
  expectReferenceWeights,
  expectSameWeights,
  lossOf,
  modelOf,
  optimizerOf,
  RUN_NAMES,
  readRun,
  type TrainingRun,
  valuesOf,
} from './training_runs';

const TOLERANCE = 1e-5;

interface Setting {
  readonly compile?: Pick<CompileArgs, 'runEagerly'>;
  readonly optimizer?: AdamWeightDecayOptions;
  readonly gradientCheckpointing?: boolean;
  /** Changes of the configuration. */
  readonly config?: Record<string, unknown>;
  /** Steps to make, all by default. */
  readonly count?: number;
  /** Batches that a batch of 8 is given in, 1 by default. */
  readonly parts?: number;
}

/** Makes the steps of a run, from the weights the reference starts from. */
async function train(
  run: TrainingRun,
  { compile, optimizer, gradientCheckpointing, config, count, parts = 1 }: Setting = {},
) {
  const model = modelOf(run, config);
  model.deberta.encoder.gradientCheckpointing = gradientCheckpointing ?? false;
  const changes = { ...optimizer, ...(parts > 1 && { accumulationSteps: parts }) };
  model.compile({ optimizer: optimizerOf(run, changes), ...lossOf(run), ...compile });
  const results: TrainStepResult[] = [];
  const rows = 8 / parts;
  for (const step of run.steps.slice(0, count)) {
    for (let part = 0; part < parts; part++) {
      const { x, y } = batchOf(step, [part * rows, (part + 1) * rows]);
      results.push(await model.trainStep(x, y));
    }
  }
  return { model, results };
}

/** Runs that differ in their loss. */
const LOSSES = [...HEAD_NAMES, 'weighted_loss'] as const;

/** Of the runs those that a backend has the time for: one on `cpu`, which computes as `wasm` does. */
const ONE = ['token_classification'] as const;
const RUNS = { cpu: ONE, wasm: RUN_NAMES, tensorflow: RUN_NAMES };
const CHECKPOINTED = { cpu: [], wasm: ONE, tensorflow: [...ONE, 'multiple_choice'] as const };
const ACCUMULATED = { cpu: ONE, wasm: [...ONE, 'question_answering'] as const, tensorflow: LOSSES };

/** Elsewhere every step is eager. */
const modesOf = (backend: BackendName) => (backend === 'tensorflow' ? ['compiled', 'eager'] : ['eager']);

eachBackend('eight steps', (backend) => {
  afterEach(() => tf.disposeVariables());

  describe.each(modesOf(backend))('%s', (mode) => {
    const compile = { runEagerly: mode === 'eager' };

    test.each(RUNS[backend])('are those of PyTorch within 1e-5: %s', async (name) => {
      const run = readRun(name);
      const { model, results } = await train(run, { compile });
      for (const [index, { loss, gradient_norm, learning_rate }] of run.steps.entries()) {
        expect(results[index]!.loss).toBeCloseToTensor(loss, TOLERANCE);
        expect(results[index]!.gradientNorm!).toBeCloseToTensor(gradient_norm, TOLERANCE);
        expect(results[index]!.learningRate).toBeCloseToTensor(learning_rate, 1e-9);
        expect(results[index]).toMatchObject({ isUpdate: true, isSkipped: false });
      }
      await expectReferenceWeights(run, model, 'training', `${name}.safetensors`);
    });
  });

  for (const name of CHECKPOINTED[backend]) {
    test(`are the same with gradient checkpointing: ${name}`, async () => {
      const { model } = await train(readRun(name), { gradientCheckpointing: true });
      await expectReferenceWeights(readRun(name), model, 'training', `${name}.safetensors`);
    });
  }

  test.each(ACCUMULATED[backend])('are the same of four batches of two as of one of eight: %s', async (name) => {
    const run = readRun(name);
    const { model, results } = await train(run, { parts: 4 });
    for (const [index, { gradientNorm, isUpdate }] of results.entries()) {
      const step = index % 4 === 3 ? run.steps[(index - 3) / 4]! : undefined;
      expect(isUpdate).toBe(step !== undefined);
      if (step === undefined) expect(gradientNorm).toBeUndefined();
      else expect(gradientNorm!).toBeCloseToTensor(step.gradient_norm, TOLERANCE);
    }
    await expectReferenceWeights(run, model, 'training', `${name}.safetensors`);
  });
});

eachBackend('training steps', (backend) => {
  afterEach(() => tf.disposeVariables());

  const run = readRun('token_classification');
  const steps = run.steps.slice(0, 2);

  const WAYS: Record<string, (model: TFDebertaV2PreTrainedModel) => Promise<unknown>> = {
    trainOnBatch: async (model) => {
      for (const { x, y } of steps.map((step) => batchOf(step))) await model.trainOnBatch(x, y);
    },
    fit: (model) => {
      const batches = steps.map((step) => batchOf(step));
      const joined = (name: 'input_ids' | 'attention_mask') => tf.concat(batches.map(({ x }) => x[name]));
      const x = { input_ids: joined('input_ids'), attention_mask: joined('attention_mask') };
      const y = tf.concat(batches.map((batch) => batch.y as tf.Tensor));
      return model.fit(x, y, { batchSize: 8, epochs: 1, shuffle: false, verbose: 0 });
    },
    fitDataset: (model) => {
      const dataset = tf.data.generator(function* () {
        for (const { x: xs, y: ys } of steps.map((step) => batchOf(step))) yield { xs, ys: ys as tf.Tensor };
      });
      return model.fitDataset(dataset, { epochs: 1, verbose: 0 });
    },
  };

  test('those of fit, fitDataset and trainOnBatch are those of trainStep', async () => {
    const dropout = { hidden_dropout_prob: 0.1 };
    const { model: expected } = await train(run, { config: dropout, count: steps.length });
    for (const way of Object.values(WAYS)) {
      const model = modelOf(run, dropout);
      model.compile({ optimizer: optimizerOf(run) });
      await way(model);
      expectSameWeights(valuesOf(model), valuesOf(expected), 0);
    }
  });

  test('a batch without a label that counts is left out, with a warning', async () => {
    const model = modelOf(run);
    model.compile({ optimizer: optimizerOf(run, { learningRate: 0.1 }) });
    const { x, y } = batchOf(run.steps[0]!);
    await model.trainStep(x, y);
    const before = valuesOf(model);
    const unlabelled = tf.fill((y as tf.Tensor).shape, -100, 'int32');
    const logs = await recordedLogs(async () => {
      const result = await model.trainStep(x, unlabelled);
      expect(result).toMatchObject({ loss: Number.NaN, isSkipped: true });
    });
    expect(logs).toEqual(['Step 2 left a batch out: its loss is not finite.']);
    expectSameWeights(valuesOf(model), before, 0);
    expect(model.optimizer.iterations).toBe(1);
  });

  const many = backend === 'cpu' ? 20 : 200;

  test(`${many} leave no tensor behind`, async () => {
    const config = tinyConfig({ numHiddenLayers: 1, convKernelSize: 0 });
    const model = new TFDebertaV2ForTokenClassification(config, { seed: 1 });
    const optimizer = new AdamWeightDecay({ accumulationSteps: 2, averageDecay: 0.9, clipNorm: 1 });
    model.compile({ optimizer, metrics: ['accuracy'] });
    const [x, y] = [tf.ones([1, 3], 'int32'), tf.ones([1, 3], 'int32')];
    for (let i = 0; i < 2; i++) await model.trainStep(x, y);
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < many; i++) await model.trainStep(x, y);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });
});
