import { rm, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import type { BatchStream } from '../../src/data/batch_stream';
import { InputError } from '../../src/errors';
import { logger } from '../../src/logger';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { useBackend } from '../../src/runtime/use_backend';
import { train } from '../../src/training/train';
import type { TrainOptions } from '../../src/training/train_options';
import { listFolder, useTemporaryFolder } from '../convert/support';
import { toyEvaluate, toyModel, toyOptimizer, toyRun, toyStream, weightBits } from './toy_run';

const folder = useTemporaryFolder();
let warn: jest.SpyInstance;

beforeAll(() => useBackend('wasm'));
beforeEach(() => {
  warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
});
afterEach(() => warn.mockRestore());

/** One batch a step, a checkpoint every other step. */
const run = (changes: Partial<TrainOptions> = {}) =>
  toyRun({ model: toyModel(toyOptimizer({ accumulationSteps: 1 })), outputDir: folder.path, epochs: 1, ...changes });

const resumed = (changes: Partial<TrainOptions> = {}) => run({ ...changes, resume: true });
const savedSteps = async () => (await listFolder(folder.path)).map((name) => Number(name.replace('checkpoint-', '')));

/** The weights of a run that nothing befell. */
async function uninterrupted(changes: Partial<TrainOptions> = {}) {
  const { outputDir: _none, ...options } = run(changes);
  await train(options);
  return weightBits(options.model);
}

describe('resuming', () => {
  test('needs a checkpoint, unless it may start anew', async () => {
    await expect(() => train(resumed())).toThrowDebertaError('checkpoint', /must hold a checkpoint .* holds none/);
    expect(await train(run({ resume: 'auto' }))).toMatchObject({ steps: 5 });
  });

  test('a new run does not begin beside the checkpoints of another', async () => {
    await train(run());
    await expect(() => train(run())).toThrowDebertaError('usage', /holds checkpoints of an earlier run; resume it/);
  });

  test('of a run that is over does nothing more', async () => {
    const first = await train(run());
    const options = resumed();
    expect(await train(options)).toEqual(first);
    expect(weightBits(options.model)).toEqual(await uninterrupted());
  });

  test.each<[field: string, changes: () => Partial<TrainOptions>]>([
    [
      'model.hidden_dropout_prob',
      () => {
        const config = toyModel().config.with({ hiddenDropoutProb: 0.3 });
        const model = new TFDebertaV2ForSequenceClassification(config);
        model.compile({ optimizer: toyOptimizer({ accumulationSteps: 1 }) });
        return { model };
      },
    ],
    [
      'model.trainable_weights',
      () => {
        const model = toyModel(toyOptimizer({ accumulationSteps: 1 }));
        model.deberta.embeddings.trainable = false;
        return { model };
      },
    ],
    ['optimizer.class', () => ({ model: toyModel(tf.train.adam(0.1)) })],
    ['optimizer.learningRate', () => ({ model: toyModel(toyOptimizer({ accumulationSteps: 1, learningRate: 0.1 })) })],
    ['optimizer.accumulationSteps', () => ({ model: toyModel(toyOptimizer()) })],
    ['data.batches_per_epoch', () => ({ train: toyStream({ batches: 4 }) })],
    ['data.batch_size', () => ({ train: toyStream({ batchSize: 3 }) })],
    ['data.first_batch', () => ({ train: toyStream({ seed: 4 }) })],
  ])('is refused with another %s', async (field, changes) => {
    await train(run({ maxSteps: 2 }));
    const options = resumed(changes());
    const before = weightBits(options.model);
    await expect(() => train(options)).toThrowDebertaError(
      'checkpoint',
      new RegExp(`checkpoint-2 belongs to another run: ${field} is .* there and .* here; change it back`),
    );
    expect(weightBits(options.model)).toEqual(before);
  });

  test.each<[name: string, damage: () => Promise<void>, message: RegExp]>([
    [
      'a state that is no JSON',
      () => writeFile(folder.join('checkpoint-2', 'training_state.json'), '{'),
      /must be JSON/,
    ],
    [
      'another state',
      () => writeFile(folder.join('checkpoint-2', 'training_state.json'), '{"version":2}'),
      /\(version: /,
    ],
    [
      'no state',
      () => rm(folder.join('checkpoint-2', 'training_state.json')),
      /training_state\.json could not be read/,
    ],
    [
      'no optimizer',
      () => rm(folder.join('checkpoint-2', 'optimizer.safetensors')),
      /optimizer\.safetensors could not/,
    ],
    ['no weights', () => rm(folder.join('checkpoint-2', 'model.safetensors')), /must hold one of/],
  ])('from a checkpoint with %s is refused', async (_name, damage, message) => {
    await train(run({ maxSteps: 2 }));
    await damage();
    await expect(() => train(resumed())).toThrowDebertaError('checkpoint', message);
  });

  test('is refused when the best checkpoint is gone', async () => {
    const evaluation = { evaluate: async () => ({ f1: values.shift()! }), everySteps: 1 };
    const values = [0.9, 0.1, 0.2];
    const changes = {
      evaluation,
      earlyStopping: { metric: 'f1', mode: 'max' },
      saveEverySteps: 1,
      maxSteps: 3,
    } as const;
    await train(run({ ...changes, keepLast: 1 }));
    expect(await savedSteps()).toEqual([1, 3]);
    await rm(folder.join('checkpoint-1'), { recursive: true });
    await expect(() => train(resumed(changes))).toThrowDebertaError('checkpoint', /checkpoint-1, the best .* is not/);
  });

  test('on another backend goes on with a warning', async () => {
    await train(run({ maxSteps: 2 }));
    await useBackend('cpu');
    await train(resumed());
    await useBackend('wasm');
    expect(warn.mock.calls.flat()).toEqual([expect.stringMatching(/computed by the backend wasm; on cpu .* rounding/)]);
  });

  test.each<[name: string, tolerance: number, optimizer: () => tf.Optimizer]>([
    ['sgd', 0, () => tf.train.sgd(0.05)],
    ['momentum', 0, () => tf.train.momentum(0.05, 0.9)],
    ['adam', 1e-6, () => tf.train.adam(0.01)],
  ])('with %s of tfjs is the same within %d', async (_name, tolerance, optimizer) => {
    const whole = run({ model: toyModel(optimizer()), outputDir: folder.join('whole') });
    await train(whole);
    const outputDir = folder.join('parts');
    await train(run({ model: toyModel(optimizer()), maxSteps: 2, outputDir }));
    const options = resumed({ model: toyModel(optimizer()), outputDir });
    await train(options);
    for (const [index, weight] of options.model.weights.entries()) {
      expect(weight.read()).toBeCloseToTensor(whole.model.weights[index]!.read(), tolerance);
    }
  });
});

describe('a disk that is full', () => {
  const full = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
  const early = { restoreBest: false } as const;

  test('loses no step: the run goes on with a warning, and is saved when there is room', async () => {
    let saves = 0;
    const onSave = async () => (++saves === 1 ? full() : undefined);
    const options = run({ ...early, onSave });
    await train(options);
    expect(await savedSteps()).toEqual([4, 5]);
    expect(warn.mock.calls.flat()).toEqual([expect.stringMatching(/without a checkpoint of step 2: .*disk is full/)]);
    expect(weightBits(options.model)).toEqual(await uninterrupted(early));
  });

  test('at the end is an error; what was saved before is whole, and the run can go on from it', async () => {
    let saves = 0;
    const onSave = async () => (++saves === 3 ? full() : undefined);
    await expect(() => train(run({ ...early, onSave }))).toThrowDebertaError(
      'output',
      /checkpoint-5 could not be written: the disk is full/,
    );
    expect(await savedSteps()).toEqual([2, 4]);
    const options = resumed(early);
    await train(options);
    expect(weightBits(options.model)).toEqual(await uninterrupted(early));
  });
});

describe('an error on the way', () => {
  /** The toy data with something done to the labels of the fourth batch. */
  const fourthBatch = (change: (labels: Int32Array) => void): BatchStream => {
    const { batches, batchesPerEpoch } = toyStream();
    return {
      batchesPerEpoch,
      async *batches(epoch, skip = 0) {
        let index = skip;
        for await (const batch of batches(epoch, skip)) {
          if (index++ === 3) change(batch.ys.labels!.values as Int32Array);
          yield batch;
        }
      },
    };
  };
  const outOfRange = (labels: Int32Array) => void labels.fill(9);
  const unreadable = () => {
    throw new InputError('Line 7 must be JSON.');
  };
  const failingEvaluation = { evaluate: () => Promise.reject(new Error('a bug')), everySteps: 3 };

  test.each<[name: string, changes: Partial<TrainOptions>, error: RegExp, saved: number, evaluated: number[]]>([
    ['a label out of range', { train: fourthBatch(outOfRange) }, /must be integers from 0/, 3, [5]],
    // Batches are asked for one ahead.
    ['data that cannot be read', { train: fourthBatch(unreadable) }, /Line 7/, 2, [3, 5]],
    ['an evaluation', { evaluation: failingEvaluation }, /a bug/, 3, [3, 5]],
  ])(
    '%s passes; what was done is saved, and the run goes on from there',
    async (_name, changes, error, saved, evaluated) => {
      const lasting = { saveEverySteps: 100, restoreBest: false };
      await expect(train(run({ ...lasting, ...changes }))).rejects.toThrow(error);
      expect(await savedSteps()).toEqual([saved]);
      const steps: number[] = [];
      const evaluate: typeof toyEvaluate = (model) => {
        steps.push(model.optimizer.iterations);
        return toyEvaluate(model);
      };
      const options = resumed({ ...lasting, evaluation: { evaluate, everySteps: 3 } });
      await train(options);
      expect(steps).toEqual(evaluated);
      expect(weightBits(options.model)).toEqual(await uninterrupted(lasting));
    },
  );
});
