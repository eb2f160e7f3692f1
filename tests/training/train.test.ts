import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { logger } from '../../src/logger';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { useBackend } from '../../src/runtime/use_backend';
import { train } from '../../src/training/train';
import type { TrainOptions } from '../../src/training/train_options';
import type { LogRecord, TrainingLog } from '../../src/training/training_log';
import { listFolder, useTemporaryFolder } from '../convert/support';
import { toyEvaluate, toyModel, toyOptimizer, toyRun, toyStream, weightBits } from './toy_run';

const folder = useTemporaryFolder();

beforeAll(() => useBackend('wasm'));
beforeEach(() => logger.setLevel('silent'));
afterEach(() => logger.setLevel('warn'));

/** A log that remembers what it was told. */
function memoryLog() {
  const records: LogRecord[] = [];
  const calls: string[] = [];
  const log: TrainingLog = {
    write: (record) => {
      records.push(record);
      calls.push(`${record.kind} ${record.step}`);
    },
    close: () => void calls.push('close'),
  };
  return { log, records, calls };
}

/** An evaluation that gives these values one after the other, and the weights it was called with. */
function scripted(values: readonly number[]) {
  const weights: Record<string, string>[] = [];
  const evaluate: NonNullable<TrainOptions['evaluation']>['evaluate'] = async (model) => {
    weights.push(weightBits(model));
    return { f1: values[weights.length - 1]! };
  };
  return { evaluate, weights };
}

/** 1 step for each of the 5 batches of an epoch. */
const everyBatch = () => toyModel(toyOptimizer({ accumulationSteps: 1 }));

describe('what is done when', () => {
  test.each<[name: string, changes: () => Partial<TrainOptions>, calls: string]>([
    [
      'after each epoch by default',
      () => ({ model: everyBatch(), evaluation: { evaluate: toyEvaluate } }),
      'eval 5, train 10, eval 10, train 15, eval 15',
    ],
    [
      'every so many steps, and at the end',
      () => ({ model: everyBatch(), evaluation: { evaluate: toyEvaluate, everySteps: 6 }, logEverySteps: 4 }),
      'train 4, eval 6, train 8, train 12, eval 12, train 15, eval 15',
    ],
    [
      'steps of two batches each, across epochs; the batch left over makes none, and brings no second record',
      () => ({ evaluation: { evaluate: toyEvaluate, everySteps: 3 }, logEverySteps: 2 }),
      'train 2, eval 3, train 4, train 6, eval 6, train 7, eval 7',
    ],
    [
      'up to a number of steps',
      () => ({ model: everyBatch(), epochs: 9, maxSteps: 7, evaluation: { evaluate: toyEvaluate } }),
      'eval 5, train 7, eval 7',
    ],
  ])('%s', async (_name, changes, calls) => {
    const memory = memoryLog();
    const result = await train(toyRun({ ...changes(), logs: [memory.log] }));
    expect(memory.calls.join(', ')).toBe(`${calls}, close`);
    expect(result.history).toEqual(memory.records);
    expect(result.stoppedBy).toBe('end');
  });

  test('records say what is known of the steps', async () => {
    const { log, records } = memoryLog();
    await train(toyRun({ model: everyBatch(), epochs: 1, maxSteps: 4, logEverySteps: 2, logs: [log] }));
    const [first, second] = records.filter(({ kind }) => kind === 'train');
    expect(Object.keys(first!.values)).toEqual([
      'epoch',
      'loss',
      'learning_rate',
      'gradient_norm',
      'tokens_per_second',
      'memory_mb',
    ]);
    expect(second!.values).toMatchObject({ epoch: 4 / 5, learning_rate: 0.02 * 0.9 });
    for (const value of Object.values(second!.values)) expect(value).toBeGreaterThan(0);
  });

  test('histograms hold every trained weight, and the history holds none', async () => {
    const { log, records } = memoryLog();
    const options = toyRun({ epochs: 1, histogramEverySteps: 2, logs: [log] });
    const { history } = await train(options);
    const names = options.model.trainableWeights.map(({ originalName }) => originalName);
    const [withHistograms] = records.filter(({ histograms }) => histograms !== undefined);
    expect(Object.keys(withHistograms!.histograms!)).toEqual(names);
    expect(JSON.stringify(history)).not.toContain('histograms');
  });

  test('a log that fails is left out with a warning, and closed', async () => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    const { log, calls } = memoryLog();
    const close = jest.fn();
    const broken: TrainingLog = { write: () => Promise.reject(new Error('no space')), close };
    await train(toyRun({ epochs: 1, logEverySteps: 1, logs: [broken, log] }));
    expect(warn.mock.calls.flat()).toEqual([expect.stringMatching(/log of the run failed, .* no space/)]);
    expect(calls).toEqual(['train 1', 'train 2', 'eval 2', 'close']);
    expect(close).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('logs are closed when the run fails', async () => {
    const { log, calls } = memoryLog();
    const evaluation = { evaluate: () => Promise.reject(new Error('a bug')), everySteps: 1 };
    await expect(train(toyRun({ evaluation, logs: [log] }))).rejects.toThrow('a bug');
    expect(calls).toEqual(['close']);
  });
});

describe('early stopping', () => {
  const stopping = { metric: 'f1', mode: 'max', patience: 2 } as const;

  test.each<[name: string, changes: (path: string) => Partial<TrainOptions>, kept: number]>([
    ['from a checkpoint', (outputDir) => ({ outputDir, keepLast: 1 }), 1],
    ['from memory', () => ({}), 1],
    ['or not, if the last are asked for', () => ({ restoreBest: false }), 3],
  ])('ends the run, and the model has the best weights, %s', async (_name, changes, kept) => {
    const { evaluate, weights } = scripted([0.3, 0.9, 0.8, 0.7, 1]);
    const options = toyRun({
      model: everyBatch(),
      evaluation: { evaluate, everySteps: 2 },
      earlyStopping: stopping,
      saveEverySteps: 100,
      ...changes(folder.path),
    });
    expect(await train(options)).toMatchObject({
      stoppedBy: 'early stopping',
      steps: 8,
      best: { step: 4, value: 0.9 },
    });
    expect(weightBits(options.model)).toEqual(weights[kept]);
    expect(weights[1]).not.toEqual(weights[3]);
  });

  test('needs the metric among the values', async () => {
    const evaluation = { evaluate: async () => ({ loss: 1 }), everySteps: 1 };
    await expect(() => train(toyRun({ evaluation, earlyStopping: stopping }))).toThrowDebertaError(
      'usage',
      /must give f1, .* received loss/,
    );
  });
});

describe('stopping', () => {
  test('a signal that came before does no step, and signals of the process are heard no more', async () => {
    const listeners = process.listenerCount('SIGINT');
    const options = toyRun({ signal: AbortSignal.abort(), handleSignals: true });
    const before = weightBits(options.model);
    expect(await train(options)).toMatchObject({ stoppedBy: 'signal', steps: 0 });
    expect(weightBits(options.model)).toEqual(before);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });
});

describe('memory', () => {
  test('200 steps leave no tensor behind', async () => {
    const counts: number[][] = [];
    const count = () => [tf.memory().numTensors, tf.memory().numBytes];
    const train200 = toyStream({ batches: 40, onBatch: () => void counts.push(count()) });
    const options = toyRun({
      model: everyBatch(),
      train: train200,
      epochs: 5,
      outputDir: folder.path,
      saveEverySteps: 50,
      evaluation: { evaluate: toyEvaluate, everySteps: 50 },
    });
    const { steps } = await train(options);
    // Batches are asked for one ahead; the optimizer's state is made in the first step.
    expect([steps, counts.at(-1)]).toEqual([200, counts[3]]);
    expect(count()).toEqual(counts[3]);
  });
});

describe('data and losses', () => {
  test('a batch without a label that counts is counted, and left out of the loss', async () => {
    const { history } = await train(toyRun({ epochs: 1, train: toyStream({ unlabelled: [1, 3] }) }));
    const [{ values }] = history as [LogRecord];
    expect(values).toMatchObject({ unlabelled_batches: 2, loss: expect.any(Number) });
    expect(Number.isFinite(values.loss)).toBe(true);
  });

  test.each<[name: string, stream: TrainOptions['train'], message: RegExp]>([
    ['no batch', toyStream({ batches: 0 }), /Epoch 1 must have more than 0 batches/],
    ['no label', toyStream({ unlabelled: [0, 1, 2, 3, 4] }), /must have a label that counts .* in its 5 batches/],
  ])('%s is an error', async (_name, stream, message) => {
    await expect(() => train(toyRun({ train: stream }))).toThrowDebertaError('input', message);
  });

  test('a run that has gone astray ends with an error', async () => {
    const options = toyRun({ maxSkippedSteps: 3 });
    const [weight] = options.model.trainableWeights;
    weight!.write(tf.fill(weight!.shape as number[], Number.NaN));
    await expect(() => train(options)).toThrowDebertaError('usage', /3 batches in a row, up to batch 3 of epoch 1/);
  });

  test('an optimizer of tfjs trains as well', async () => {
    const options = toyRun({ model: toyModel(tf.train.adam(0.01)), evaluation: { evaluate: toyEvaluate } });
    const before = await toyEvaluate(options.model);
    const { steps } = await train(options);
    expect(steps).toBe(15);
    expect((await toyEvaluate(options.model)).loss).toBeLessThan(before.loss);
  });
});

test('a checkpoint is a model for fromPretrained, and holds what the caller adds', async () => {
  const onSave = (path: string) => writeFile(join(path, 'spm.model'), 'tokens');
  const options = toyRun({ epochs: 1, outputDir: folder.path, onSave });
  const { steps } = await train(options);
  const loaded = await TFDebertaV2ForSequenceClassification.fromPretrained(folder.join(`checkpoint-${steps}`));
  expect(weightBits(loaded)).toEqual(weightBits(options.model));
  expect(await listFolder(folder.join(`checkpoint-${steps}`))).toEqual([
    'config.json',
    'model.safetensors',
    'optimizer.safetensors',
    'spm.model',
    'training_state.json',
  ]);
});
