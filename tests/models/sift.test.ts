import * as tf from '@tensorflow/tfjs';
import { CompiledStep } from '../../src/models/compiled_step';
import { TFDebertaV2Model } from '../../src/models/deberta_v2_model';
import type { LossOptions } from '../../src/models/loss_options';
import type { CompileArgs } from '../../src/models/model_options';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForReplacedTokenDetection } from '../../src/models/replaced_token_detection';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { siftPasses } from '../../src/models/sift';
import { resolveSiftOptions, type SiftOptions } from '../../src/models/sift_options';
import { RandomStream } from '../../src/ops/random_stream';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { useBackend } from '../../src/runtime/use_backend';
import { type BackendName, eachBackend, onTensorflow, randomTensor } from '../harness';
import { recordedLogs } from '../harness/recorded_logs';
import { tinyConfig } from '../layers/tiny_config';
import { HEADS, type HeadFixture, readFixture } from './cases';
import { readReferenceWeights } from './reference_weights';
import {
  batchOf,
  expectReferenceWeights,
  expectSameWeights,
  lossOf,
  modelOf,
  optimizerOf,
  type TrainingRun,
  valuesOf,
} from './training_runs';

const RUN_NAMES = [
  'masked_lm',
  'sequence_classification',
  'token_classification',
  'question_answering',
  'multiple_choice',
  'regression',
  'multi_label',
  'weighted_loss',
  'accumulated',
] as const;

/** Four steps that PyTorch made. */
interface SiftRun extends Omit<TrainingRun, 'steps'> {
  readonly seed: number;
  readonly sift: { readonly lambda: number; readonly perturbation: number; readonly step_size: number };
  /** Batches that make a step. */
  readonly parts: number;
  readonly steps: ReadonlyArray<
    Omit<HeadFixture, 'loss'> & {
      readonly parts: ReadonlyArray<{ readonly loss: number; readonly task_loss: number; readonly divergence: number }>;
      readonly gradient_norm: number;
    }
  >;
}

type RunName = (typeof RUN_NAMES)[number];

const readRun = (name: RunName) => readFixture<SiftRun>('sift', `${name}.json`);

const siftOf = ({ sift: { step_size: stepSize, ...others } }: SiftRun): SiftOptions => ({ ...others, stepSize });

interface Setting {
  readonly compile?: Partial<CompileArgs>;
  /** Changes of the configuration. */
  readonly config?: Record<string, unknown>;
  readonly prepare?: (model: TFDebertaV2PreTrainedModel) => void;
}

/** The model of a run, ready for its first step. */
function compiled(run: SiftRun, { compile, config, prepare }: Setting = {}) {
  const model = modelOf(run, config);
  prepare?.(model);
  const optimizer = optimizerOf(run, run.parts > 1 ? { accumulationSteps: run.parts } : {});
  model.compile({ optimizer, ...lossOf(run), sift: siftOf(run), ...compile });
  model.setSeed(run.seed);
  return model;
}

/** The batches of a step. */
function batchesOf({ parts }: SiftRun, step: SiftRun['steps'][number]) {
  const rows = 8 / parts;
  return Array.from({ length: parts }, (_, part) => batchOf(step, [part * rows, (part + 1) * rows]));
}

/** The gradients of the first batch by names of variables, and its loss. */
async function firstGradients(run: SiftRun, setting: Setting = {}) {
  const optimizer = tf.train.sgd(1);
  const gradients: tf.NamedTensorMap = {};
  jest.spyOn(optimizer, 'applyGradients').mockImplementation((given) => {
    for (const [name, gradient] of Object.entries(given as tf.NamedTensorMap)) {
      gradients[name] = tf.keep(tf.clone(gradient));
    }
  });
  const model = compiled(run, { ...setting, compile: { ...setting.compile, optimizer } });
  const [{ x, y }] = batchesOf(run, run.steps[0]!) as [ReturnType<typeof batchOf>];
  const { loss } = await model.trainStep(x, y);
  return { model, loss, gradients };
}

/** Relative to the largest gradient of the weight; those that are zero in theory are compared with the loss's scale. */
const GRADIENT_TOLERANCE = 1e-4;
const SMALLEST_SCALE = 1e-3;

/** Of the runs those that a way of making steps has the time for; `cpu` computes as `wasm` does. */
const ONE = ['sequence_classification'] as const;
const WAYS_OF_STEPS: Record<
  BackendName,
  ReadonlyArray<[mode: string, steps: readonly RunName[], gradients: readonly RunName[]]>
> = {
  cpu: [['eager', [], ['accumulated']]],
  wasm: [['eager', RUN_NAMES, RUN_NAMES]],
  tensorflow: [
    ['compiled', ['sequence_classification', 'question_answering', 'accumulated'], ONE],
    ['eager', ONE, ONE],
  ],
};

/** A model and a batch for what needs no reference. */
function tiny(setting: Partial<CompileArgs> = {}) {
  const config = tinyConfig({ numHiddenLayers: 1, convKernelSize: 0, hiddenDropoutProb: 0.1 });
  const model = new TFDebertaV2ForSequenceClassification(config, { seed: 1 });
  model.compile({ optimizer: tf.train.sgd(0.1), sift: {}, ...setting });
  model.setSeed(3);
  return { model, x: tf.ones([2, 3], 'int32'), y: tf.tensor1d([0, 1], 'int32') };
}

eachBackend('training by SiFT', (backend) => {
  afterEach(() => {
    jest.restoreAllMocks();
    tf.disposeVariables();
  });

  describe.each(WAYS_OF_STEPS[backend])('%s', (mode, ofSteps, ofGradients) => {
    const compile = { runEagerly: mode === 'eager' };

    for (const name of ofSteps)
      test(`makes the steps of PyTorch within 1e-5: ${name}`, async () => {
        const run = readRun(name);
        const model = compiled(run, { compile });
        for (const step of run.steps) {
          for (const [part, { x, y }] of batchesOf(run, step).entries()) {
            const { loss, gradientNorm } = await model.trainStep(x, y);
            expect(loss).toBeCloseToTensor(step.parts[part]!.loss);
            if (part === run.parts - 1) expect(gradientNorm!).toBeCloseToTensor(step.gradient_norm);
          }
        }
        await expectReferenceWeights(run, model, 'sift', `${name}.safetensors`);
      });

    for (const name of ofGradients) {
      test(`has the gradients of PyTorch within 1e-4, and its terms of the loss: ${name}`, async () => {
        const run = readRun(name);
        const { model, loss, gradients } = await firstGradients(run, { compile });
        for (const { variable, expected } of await readReferenceWeights(
          model,
          'sift',
          `${name}_gradients.safetensors`,
        )) {
          const scale = Math.max(tf.max(tf.abs(expected)).dataSync()[0]!, SMALLEST_SCALE);
          const received = gradients[variable.name] ?? tf.zerosLike(expected);
          expect(tf.div(received, scale)).toBeCloseToTensor(tf.div(expected, scale), GRADIENT_TOLERANCE);
        }
        const lambda = 2 * run.sift.lambda;
        const doubled = await firstGradients(run, { compile: { ...compile, sift: { ...siftOf(run), lambda } } });
        const { task_loss, divergence } = run.steps[0]!.parts[0]!;
        expect((doubled.loss - loss) / run.sift.lambda).toBeCloseToTensor(divergence);
        expect(2 * loss - doubled.loss).toBeCloseToTensor(task_loss);
      });
    }
  });

  const PARTS = { embeddings: true, layers: 1 } as const;
  const PREPARED: Array<[string, (model: TFDebertaV2PreTrainedModel) => void]> = [
    ['gradient checkpointing', (model) => model.gradientCheckpointingEnable()],
    ['frozen parts, through which it perturbs', (model) => model.freeze(PARTS)],
    [
      'both',
      (model) => {
        model.freeze(PARTS);
        model.gradientCheckpointingEnable();
      },
    ],
  ];

  const tried = { cpu: [], wasm: PREPARED, tensorflow: PREPARED.slice(2) };

  for (const [name, prepare] of tried[backend])
    test(`gives the same gradients with ${name}`, async () => {
      const run = readRun('token_classification');
      const plain = await firstGradients(run);
      const prepared = await firstGradients(run, { prepare });
      expect(prepared.loss).toBeCloseToTensor(plain.loss, 1e-6);
      const gradientOf = ({ model, gradients }: typeof plain, name: string) =>
        gradients[(model.weights.find(({ originalName }) => originalName === name)!.read() as tf.Variable).name]!;
      for (const { originalName } of prepared.model.trainableWeights) {
        expect(gradientOf(prepared, originalName)).toBeCloseToTensor(gradientOf(plain, originalName), 1e-6);
      }
    });

  const WAYS: Record<string, (given: ReturnType<typeof tiny>) => Promise<unknown>> = {
    trainOnBatch: ({ model, x, y }) => model.trainOnBatch(x, y),
    fit: ({ model, x, y }) => model.fit(x, y, { epochs: 1, shuffle: false, verbose: 0 }),
    fitDataset: ({ model, x, y }) => {
      const dataset = tf.data.array([0]).map(() => ({ xs: { input_ids: x }, ys: y }));
      return model.fitDataset(dataset, { epochs: 1, verbose: 0 });
    },
  };

  test('fit, fitDataset and trainOnBatch make the step of trainStep', async () => {
    const { model, x, y } = tiny();
    await model.trainStep(x, y);
    for (const way of Object.values(WAYS)) {
      const received = tiny();
      await way(received);
      expectSameWeights(valuesOf(received.model), valuesOf(model), 0);
    }
  });

  test('draws other noise in each step, the same from the same seed', async () => {
    const { model, x, y } = tiny({ optimizer: tf.train.sgd(0), sift: { perturbation: 1 } });
    const losses: number[] = [];
    for (const seed of [1, undefined, 1]) {
      if (seed !== undefined) model.setSeed(seed);
      losses.push((await model.trainStep(x, y)).loss);
    }
    expect(losses[1]).not.toBe(losses[0]);
    expect(losses[2]).toBe(losses[0]);
  });

  test('evaluates without it', () => {
    const losses = [undefined, {}].map((sift) => {
      const { model, x, y } = tiny({ sift });
      return (model.evaluate(x, y) as tf.Scalar).dataSync()[0];
    });
    expect(losses[1]).toBe(losses[0]);
  });

  const many = backend === 'cpu' ? 5 : 50;

  test(`${many} steps leave no tensor behind`, async () => {
    const optimizer = new AdamWeightDecay({ accumulationSteps: 2, clipNorm: 1 });
    const { model, x, y } = tiny({ optimizer, metrics: ['accuracy'] });
    for (let i = 0; i < 2; i++) await model.trainStep(x, y);
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < many; i++) await model.trainStep(x, y);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });

  test('a pass that fails leaves no tensor behind', async () => {
    const { model, x, y } = tiny({ runEagerly: true });
    await model.trainStep(x, y);
    const encode = model.deberta.encoder.forward.bind(model.deberta.encoder);
    const { numTensors, numDataBuffers } = tf.memory();
    for (let failing = 1; failing <= 3; failing++) {
      let passes = 0;
      jest.spyOn(model.deberta.encoder, 'forward').mockImplementation((...args) => {
        const result = encode(...args);
        if (++passes === failing) throw new Error('in the middle');
        return result;
      });
      await expect(model.trainStep(x, y)).rejects.toThrow('in the middle');
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    }
  });
});

const DROPOUT = { hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1, pooler_dropout: 0.1, cls_dropout: 0.1 };

onTensorflow('a compiled step of SiFT', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    tf.disposeVariables();
  });

  test.each<[string, Setting]>([
    ['dropout', {}],
    [
      'dropout, gradient checkpointing, frozen embeddings, a metric and another optimizer',
      {
        prepare: (model) => {
          model.gradientCheckpointingEnable();
          model.freeze({ embeddings: true });
        },
        compile: { optimizer: 'adam', metrics: ['accuracy'] },
      },
    ],
  ])('gives what an eager one gives, without a warning: with %s', async (_name, setting) => {
    const run = readRun('sequence_classification');
    const record = jest.spyOn(CompiledStep, 'record');
    const train = async (runEagerly: boolean) => {
      const model = compiled(run, { config: DROPOUT, ...setting, compile: { ...setting.compile, runEagerly } });
      const { x, y } = batchOf(run.steps[0]!);
      const { loss, metrics } = await model.trainStep(x, y);
      return { loss, metrics, weights: valuesOf(model), seeds: model.deberta.seeds.state };
    };
    const eager = await train(true);
    expect(record).not.toHaveBeenCalled();
    let graph = eager;
    const logs = await recordedLogs(async () => {
      graph = await train(false);
    });
    expect(logs).toEqual([]);
    expect(record).toHaveBeenCalledTimes(1);
    expect(graph.loss).toBeCloseToTensor(eager.loss);
    expect(graph.metrics).toEqual(eager.metrics);
    expect(graph.seeds).toBe(eager.seeds);
    expectSameWeights(graph.weights, eager.weights, 1e-5);
  });
});

eachBackend('the passes of SiFT', () => {
  const x = () =>
    tf.tensor3d([
      [
        [1, 2, 4],
        [0, 3, -3],
      ],
    ]);
  const options = { lambda: 2, perturbation: 0.1, stepSize: 0.05 };

  /** Runs them over a model that gives what enters its layer normalization, times `scale`. */
  function run(scale: tf.Tensor, compare: (perturbed: tf.Tensor, clean: tf.Tensor) => tf.Tensor) {
    const entered: tf.Tensor[] = [];
    const result = siftPasses({
      forward: (hook) => {
        const input = hook.replace(x);
        entered.push(tf.keep(tf.clone(input)));
        return tf.mul(input, scale);
      },
      compare: (perturbed, clean) => ({
        rows: tf.reshape(tf.sum(compare(perturbed, clean), -1), [-1]) as tf.Tensor1D,
        weights: tf.tensor1d([1, 3]),
      }),
      seeds: new RandomStream(3),
      options,
    });
    return { ...result, entered: entered as [tf.Tensor, tf.Tensor, tf.Tensor] };
  }

  test('normalize, add noise of at most two deviations, and step along the gradient of each token', () => {
    const scale = tf.tensor1d([1, -2, 4]);
    // The gradient by the perturbed output is 1 everywhere, times the weight of its row.
    const { entered, penalty, output } = run(scale, (perturbed, clean) => tf.sub(perturbed, clean));
    const [clean, noisy, adversarial] = entered;
    const [a, b] = [7 / 3, Math.sqrt(14 / 9)];
    expect(tf.slice(clean, [0, 0, 0], [1, 1, 3])).toBeCloseToTensor([[[(1 - a) / b, (2 - a) / b, (4 - a) / b]]]);
    expect(output).toBeCloseToTensor(tf.mul(clean, scale));
    const noise = tf.sub(noisy, clean);
    expect(tf.max(tf.abs(noise)).dataSync()[0]).toBeLessThanOrEqual(0.2 + 1e-6);
    expect(tf.min(tf.abs(noise)).dataSync()[0]).toBeGreaterThan(0);
    expect(tf.sub(adversarial, noisy)).toBeCloseToTensor([
      [
        [0.0125, -0.025, 0.05],
        [0.0125, -0.025, 0.05],
      ],
    ]);
    const rows = tf.sum(tf.mul(tf.sub(adversarial, clean), scale), -1).dataSync();
    expect(penalty).toBeCloseToTensor((2 * (rows[0]! + 3 * rows[1]!)) / 4);
  });

  test('a gradient that is not finite leaves the noise as it was drawn', () => {
    // The root has an infinite slope at 0.
    const { entered } = run(tf.tensor1d([1, 0, 1]), (perturbed) => tf.sqrt(tf.abs(perturbed)));
    expect(entered[2]).toBeCloseToTensor(entered[1], 0);
  });

  test('a token without a gradient stays where it is', () => {
    const { entered } = run(tf.scalar(1), (perturbed) => tf.mul(perturbed, tf.tensor([0, 1], [1, 2, 1])));
    const [first, second] = tf.unstack(tf.sub(entered[2], entered[1]), 1) as [tf.Tensor, tf.Tensor];
    expect(first).toBeCloseToTensor([[0, 0, 0]], 0);
    expect(second).toBeCloseToTensor([[0.05, 0.05, 0.05]]);
  });
});

/** What a head says of its rows to its way of training, and to it alone. */
interface Rows {
  taskRowWeights(target: tf.Tensor, options: LossOptions, outputShape: readonly number[]): tf.Tensor1D;
  divergence(perturbed: tf.Tensor, clean: tf.Tensor): tf.Tensor1D;
}

describe('every head', () => {
  beforeAll(() => useBackend('wasm'));

  const [B, S] = [3, 5];
  const classes = (shape: number[]) => tf.ones(shape, 'int32');
  test.each<[string, ModelClass<TFDebertaV2PreTrainedModel>, target: () => tf.Tensor, output: number[], rows: number]>([
    ['masked_lm', HEADS.masked_lm, () => classes([B, S]), [B, S, 7], B * S],
    ['sequence_classification', HEADS.sequence_classification, () => classes([B]), [B, 3], B],
    ['token_classification', HEADS.token_classification, () => classes([B, S]), [B, S, 3], B * S],
    ['question_answering', HEADS.question_answering, () => classes([B, 2]), [B, 2, S], 2 * B],
    ['multiple_choice', HEADS.multiple_choice, () => classes([B]), [B, 4], B],
    ['replaced_token_detection', TFDebertaV2ForReplacedTokenDetection, () => classes([B, S]), [B, S], B * S],
  ])('compares as many rows as count in its loss: %s', (_name, Head, target, shape, rows) => {
    const head = new Head(tinyConfig({ numLabels: 2 })) as unknown as Rows & TFDebertaV2PreTrainedModel;
    const weights = () => head.taskRowWeights(target(), {}, shape);
    expect(weights().shape).toEqual([rows]);
    const output = randomTensor(shape);
    expect(() => head.divergence(output, output)).toCreateTensors(1);
    const apart = tf.sub(head.divergence(randomTensor(shape, 2), output), head.divergence(output, output));
    expect(apart.shape).toEqual([rows]);
    head.dispose();
  });
});

describe('options of SiFT', () => {
  const model = () => new TFDebertaV2ForSequenceClassification(tinyConfig(), { seed: 1 });

  test('have the numbers of the original as defaults', () => {
    expect(resolveSiftOptions({})).toEqual({ lambda: 5, perturbation: 1e-2, stepSize: 1e-4 });
    expect(resolveSiftOptions({ lambda: 3, stepSize: undefined }).stepSize).toBe(1e-4);
  });

  test.each<[SiftOptions, RegExp]>([
    [{ lambda: 0 }, /^sift\.lambda must be a finite number above 0, received 0\.$/],
    [{ lambda: Number.POSITIVE_INFINITY }, /^sift\.lambda must .* received Infinity/],
    [{ lambda: '5' as unknown as number }, /^sift\.lambda must .* received 5/],
    [{ perturbation: -1 }, /^sift\.perturbation must be a finite number of at least 0, received -1\.$/],
    [{ stepSize: Number.NaN }, /^sift\.stepSize must .* received NaN/],
    [{ learningRate: 1e-4 } as SiftOptions, /^sift takes lambda, perturbation, stepSize, received learningRate/],
  ])('%j are refused', (sift, message) => {
    expect(() => model().compile({ optimizer: 'sgd', sift })).toThrowDebertaError('usage', message);
  });

  test.each([
    ['a loss of the caller', model],
    ['the bare encoder', () => new TFDebertaV2Model(tinyConfig(), { seed: 1 })],
  ])('are refused with %s', (_name, make) => {
    expect(() => make().compile({ optimizer: 'sgd', loss: 'meanSquaredError', sift: {} })).toThrowDebertaError(
      'usage',
      /sift .* of the task's own loss/,
    );
  });
});
