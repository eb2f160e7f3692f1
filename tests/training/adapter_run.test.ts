import { readdir } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/runtime/use_backend';
import { train } from '../../src/training/train';
import { useTemporaryFolder } from '../convert/support';
import { adaptedToyModel, toyModel, toyRun, weightBits } from './toy_run';

const folder = useTemporaryFolder();

beforeAll(() => useBackend('wasm'));
afterEach(() => tf.disposeVariables());

test('a checkpoint of a model with an adapter holds the adapter alone, which an equal model can load', async () => {
  const model = adaptedToyModel();
  await train(toyRun({ model, outputDir: folder.path, restoreBest: false }));
  expect((await readdir(folder.join('checkpoint-7'))).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'optimizer.safetensors',
    'training_state.json',
  ]);
  const again = toyModel();
  await again.loadAdapter(folder.join('checkpoint-7'));
  expect(weightBits(again)).toEqual(weightBits(model));
});

test('without checkpoints the best weights are those of the adapter', async () => {
  const options = () =>
    toyRun({ model: adaptedToyModel(), earlyStopping: { metric: 'loss', mode: 'max', patience: 9 } });
  const [kept, saved] = [options(), { ...options(), outputDir: folder.path }];
  for (const run of [kept, saved]) await train(run);
  expect(weightBits(kept.model)).toEqual(weightBits(saved.model));
});

describe('a run with an adapter is not gone on with', () => {
  beforeEach(async () => {
    await train(toyRun({ model: adaptedToyModel(), maxSteps: 2, outputDir: folder.path }));
  });

  test.each<[name: string, model: () => ReturnType<typeof toyModel>, message: RegExp]>([
    ['another adapter', () => adaptedToyModel({ rank: 3 }), /belongs to another run: model.adapter is {"rank":2/],
    ['no adapter', () => toyModel(), /belongs to another run: model.trainable_weights/],
    [
      'another base model, which its checkpoints do not hold',
      () => {
        const model = adaptedToyModel();
        const [, frozen] = model.deberta.embeddings.weights;
        frozen!.write(tf.mul(frozen!.read(), 2));
        return model;
      },
      /belongs to another run: model.base_weights is "[0-9a-f]{8}" there/,
    ],
  ])('by a model with %s', async (_name, model, message) => {
    const run = toyRun({ model: model(), outputDir: folder.path, resume: true });
    await expect(() => train(run)).toThrowDebertaError('checkpoint', message);
  });

  test('by a model of which more is trained', async () => {
    const model = adaptedToyModel();
    model.deberta.embeddings.trainable = true;
    const run = toyRun({ model, outputDir: folder.path, resume: true });
    await expect(() => train(run)).toThrowDebertaError('usage', /embeddings.* of the base model is trained too/);
  });
});
