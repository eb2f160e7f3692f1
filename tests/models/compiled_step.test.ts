import * as tf from '@tensorflow/tfjs';
import { GraphSession } from '../../src/graph/graph_session';
import { CompiledStep } from '../../src/models/compiled_step';
import { type FreezeOptions, freeze } from '../../src/models/freeze';
import type { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import type { CompileArgs } from '../../src/models/model_options';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { onTensorflow } from '../harness';
import { recordedLogs } from '../harness/recorded_logs';
import { HEAD_NAMES } from './cases';
import {
  batchOf,
  determinedValuesOf,
  expectSameWeights,
  lossOf,
  modelOf,
  optimizerOf,
  readRun,
  valuesOf,
} from './training_runs';

const DROPOUT = { hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1, pooler_dropout: 0.1, cls_dropout: 0.1 };

interface Case {
  readonly about: string;
  readonly run?: Parameters<typeof readRun>[0];
  readonly config?: Record<string, unknown>;
  readonly optimizer?: () => tf.Optimizer;
  readonly frozen?: FreezeOptions;
  readonly gradientCheckpointing?: boolean;
  readonly sampleWeights?: number[];
  readonly compile?: Partial<CompileArgs>;
}

const CASES: readonly Case[] = [
  ...HEAD_NAMES.map((run) => ({ about: `${run} with dropout`, run, config: DROPOUT })),
  { about: 'gradient checkpointing with dropout', config: DROPOUT, gradientCheckpointing: true },
  { about: 'frozen parts', frozen: { embeddings: true, layers: 1 }, config: DROPOUT },
  { about: 'class weights and label smoothing', run: 'weighted_loss' },
  { about: 'weights of examples', sampleWeights: [1, 0, 2, 0.5, 1, 1, 3, 1] },
  {
    about: 'accumulation, and a running mean of the weights',
    optimizer: () => new AdamWeightDecay({ accumulationSteps: 2, clipNorm: 0.1, averageDecay: 0.9 }),
  },
  { about: 'Adam of tfjs', optimizer: () => tf.train.adam(1e-3) },
  { about: 'SGD with momentum of tfjs', optimizer: () => tf.train.momentum(0.01, 0.9) },
  {
    about: 'a loss of the caller',
    config: DROPOUT,
    compile: {
      loss: (target, output) => tf.losses.softmaxCrossEntropy(tf.oneHot(tf.cast(tf.abs(target), 'int32'), 3), output),
    },
  },
  {
    about: 'absolute positions and token types, with a metric',
    config: { position_biased_input: true, type_vocab_size: 2 },
    compile: { metrics: ['accuracy'] },
  },
];

/** Two steps in one way, and what they gave. */
async function train(given: Case, runEagerly: boolean) {
  const run = readRun(given.run ?? 'sequence_classification');
  const model = modelOf(run, given.config);
  model.deberta.encoder.gradientCheckpointing = given.gradientCheckpointing ?? false;
  freeze(model.deberta, given.frozen ?? {});
  const optimizer = given.optimizer?.() ?? optimizerOf(run);
  model.compile({ optimizer, ...lossOf(run), ...given.compile, runEagerly });
  const losses: number[] = [];
  const metrics: number[] = [];
  for (const step of run.steps.slice(1, 3)) {
    const { x, y } = batchOf(step);
    const result = await model.trainStep(x, y, given.sampleWeights && tf.tensor1d(given.sampleWeights));
    losses.push(result.loss, result.gradientNorm ?? 0);
    metrics.push(...Object.values(result.metrics));
  }
  return { losses, metrics, weights: determinedValuesOf(run, model), seeds: model.deberta.seeds.state };
}

onTensorflow('a compiled step', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    tf.disposeVariables();
  });

  test.each(CASES)('gives what an eager one gives: $about', async (given) => {
    const record = jest.spyOn(CompiledStep, 'record');
    const eager = await train(given, true);
    expect(record).not.toHaveBeenCalled();
    const compiled = await train(given, false);
    expect(record).toHaveBeenCalled();
    expect(compiled.losses).toBeCloseToTensor(eager.losses, 1e-6);
    expect(compiled.metrics).toEqual(eager.metrics);
    expect(compiled.seeds).toBe(eager.seeds);
    expectSameWeights(compiled.weights, eager.weights, 1e-5);
  });
});

onTensorflow('training', () => {
  afterEach(() => {
    jest.restoreAllMocks();
    tf.disposeVariables();
  });

  const run = readRun('sequence_classification');
  const compiledModel = (optimizer: tf.Optimizer = tf.train.sgd(0.01)) => {
    const model = modelOf(run);
    model.compile({ optimizer });
    return model;
  };
  const ids = (batch: number, length: number) => tf.fill([batch, length], 7, 'int32');
  const labels = (batch: number) => tf.zeros([batch], 'int32');

  test('fit records a step once for each shape, and lengths come to few shapes', async () => {
    const record = jest.spyOn(CompiledStep, 'record');
    const model = compiledModel();
    // The last batch is smaller.
    await model.fit(ids(5, 9), labels(5), { batchSize: 2, epochs: 3, verbose: 0 });
    expect(record).toHaveBeenCalledTimes(2);
    for (let length = 3; length <= 16; length++) await model.trainStep(ids(2, length), labels(2));
    expect(record).toHaveBeenCalledTimes(2);
  });

  test('fitDataset and trainOnBatch run the same graph', async () => {
    const record = jest.spyOn(CompiledStep, 'record');
    const model = compiledModel();
    const dataset = tf.data.array([0, 1]).map(() => ({ xs: ids(2, 4), ys: labels(2) }));
    await model.fitDataset(dataset, { epochs: 2, verbose: 0 });
    await model.trainOnBatch(ids(2, 6), labels(2));
    expect(record).toHaveBeenCalledTimes(1);
  });

  test('graphs of at most 16 shapes are kept', async () => {
    const model = compiledModel();
    // A short way back makes small graphs.
    model.deberta.trainable = false;
    await model.trainStep(ids(1, 4), labels(1));
    const dispose = jest.spyOn(GraphSession.prototype, 'dispose');
    for (let batch = 2; batch <= 18; batch++) await model.trainStep(ids(batch, 4), labels(batch));
    expect(dispose).toHaveBeenCalledTimes(2);
    model.dispose();
    expect(dispose).toHaveBeenCalledTimes(18);
  });

  test('freezing more after compile records anew', async () => {
    const record = jest.spyOn(CompiledStep, 'record');
    const model = compiledModel();
    await model.trainStep(ids(2, 4), labels(2));
    model.deberta.trainable = false;
    const before = valuesOf(model);
    await model.trainStep(ids(2, 4), labels(2));
    expect(record).toHaveBeenCalledTimes(2);
    const changed = model.weights.filter((_, i) => !tf.util.arraysEqual(valuesOf(model)[i]!, before[i]!));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter(({ originalName }) => originalName.startsWith('deberta/'))).toEqual([]);
  });

  test('compiling again with another loss or optimizer records anew', async () => {
    const record = jest.spyOn(CompiledStep, 'record');
    const model = compiledModel();
    const first = await model.trainStep(ids(2, 4), labels(2));
    model.compile({ optimizer: tf.train.sgd(0), classWeights: [0, 1, 1], labelSmoothing: 0.9 });
    const second = await model.trainStep(ids(2, 4), labels(2));
    expect(record).toHaveBeenCalledTimes(2);
    expect(Math.abs(first.loss - second.loss)).toBeGreaterThan(0.01);
  });

  test('weights set between two steps are those the graph runs on', async () => {
    const [graph, eager] = await Promise.all(
      [false, true].map(async (runEagerly) => {
        const model = modelOf(run);
        model.compile({ optimizer: tf.train.sgd(0.01), runEagerly });
        await model.trainStep(ids(2, 4), labels(2));
        model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.5)));
        return (await model.trainStep(ids(2, 4), labels(2))).loss;
      }),
    );
    expect(graph!).toBeCloseToTensor(eager!, 1e-6);
  });

  test('a loss that reads values back goes on eagerly, with one warning and the same numbers', async () => {
    const losses: number[][] = [];
    const logs = await recordedLogs(async () => {
      for (const runEagerly of [true, false]) {
        const model = modelOf(run);
        const loss = (target: tf.Tensor, output: tf.Tensor) => {
          output.dataSync();
          return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.cast(target, 'int32'), 3), output);
        };
        model.compile({ optimizer: tf.train.adam(1e-2), loss, runEagerly });
        const before = tf.memory().numTensors;
        const { history } = await model.fit(ids(4, 9), labels(4), { epochs: 3, batchSize: 2, verbose: 0 });
        losses.push(history.loss as number[]);
        // What Adam keeps of each weight.
        expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2 * model.weights.length + 4);
      }
    });
    expect(logs).toEqual([
      expect.stringMatching(/goes on operation by operation, which is slower: .* reads the values of a tensor back/),
    ]);
    expect(losses[1]!).toBeCloseToTensor(losses[0]!, 1e-6);
  });

  test('another error of a loss is passed on, and the next step is as if nothing had been', async () => {
    const model = modelOf(run);
    let fails = true;
    const loss = (target: tf.Tensor, output: tf.Tensor) => {
      if (fails) throw new Error('no such loss');
      return tf.losses.softmaxCrossEntropy(tf.oneHot(tf.cast(target, 'int32'), 3), output);
    };
    model.compile({ optimizer: tf.train.sgd(0.1), loss });
    const before = valuesOf(model);
    const [x, y] = [ids(2, 4), labels(2)];
    const fail = () => expect(() => model.trainStep(x, y)).rejects.toThrow('no such loss');
    // Tables of the length are kept for later.
    await fail();
    const tensors = tf.memory().numTensors;
    await fail();
    expect(tf.memory().numTensors).toBe(tensors);
    expectSameWeights(valuesOf(model), before, 0);
    fails = false;
    expect((await model.trainStep(x, y)).loss).toBeGreaterThan(0);
  });

  test('a vocabulary that grew trains once compiled again, with the same optimizer', async () => {
    const masked = readRun('masked_lm');
    const model = modelOf(masked) as TFDebertaV2ForMaskedLM;
    const optimizer = optimizerOf(masked, { learningRate: 1e-3, averageDecay: 0.9 });
    model.compile({ optimizer });
    const { x, y } = batchOf(masked.steps[0]!);
    await model.trainStep(x, y);
    model.resizeTokenEmbeddings(54);
    model.compile({ optimizer });
    const before = valuesOf(model);
    const { loss } = await model.trainStep(x, y);
    expect(loss).toBeGreaterThan(0);
    expect(tf.util.arraysEqual(valuesOf(model)[0]!, before[0]!)).toBe(false);
  });
});
