import { useBackend } from '../../src/runtime/use_backend';
import { train } from '../../src/training/train';
import type { TrainOptions } from '../../src/training/train_options';
import { useTemporaryFolder } from '../convert/support';
import { eachBackend } from '../harness';
import { adaptedToyModel, toyEvaluate, toyModel, toyOptimizer, toyRun, toyStream, weightBits } from './toy_run';

const folder = useTemporaryFolder();

type Changes = () => Partial<TrainOptions>;

/** Evaluations of a run; its other records hold times. */
const evaluations = ({ history }: Awaited<ReturnType<typeof train>>) => history.filter(({ kind }) => kind === 'eval');

/** Runs until so many batches were asked for, stops, and goes on in new objects, as often as there are moments. */
async function runInParts(moments: readonly number[], changes: Changes) {
  for (const moment of moments) {
    const controller = new AbortController();
    let asked = 0;
    const onBatch = () => {
      if (++asked === moment) controller.abort();
    };
    const options = toyRun({ ...changes(), train: toyStream({ onBatch }), outputDir: folder.path, resume: 'auto' });
    const { stoppedBy } = await train({ ...options, signal: controller.signal });
    expect(stoppedBy).toBe('signal');
    options.model.dispose();
  }
  const options = toyRun({ ...changes(), outputDir: folder.path, resume: true });
  return { options, result: await train(options) };
}

async function expectSame(moments: readonly number[], changes: Changes): Promise<void> {
  const whole = toyRun(changes());
  const expected = await train(whole);
  const { options, result } = await runInParts(moments, changes);
  expect(weightBits(options.model)).toEqual(weightBits(whole.model));
  expect(evaluations(result)).toEqual(evaluations(expected));
  const { history: _history, ...summary } = expected;
  expect(result).toMatchObject(summary);
}

describe('a run that is stopped and resumed ends with the weights of one that never was, bit for bit', () => {
  eachBackend('with gradients summed over two batches', () => {
    test('stopped between them and after them', () => expectSame([2, 5], () => ({})));
  });

  describe('with', () => {
    beforeAll(() => useBackend('wasm'));

    test.each<[name: string, changes: Changes]>([
      [
        'one batch a step; evaluated and saved after each epoch',
        () => ({
          model: toyModel(toyOptimizer({ accumulationSteps: 1 })),
          evaluation: { evaluate: toyEvaluate },
          saveEverySteps: 1000,
        }),
      ],
      ['a running mean of the weights', () => ({ model: toyModel(toyOptimizer({ averageDecay: 0.9 })) })],
      ['early stopping', () => ({ earlyStopping: { metric: 'loss', mode: 'max', patience: 3 } })],
      ['the last weights rather than the best', () => ({ restoreBest: false })],
      ['a seed of its own', () => ({ seed: 11 })],
      ['an adapter, which alone is saved', () => ({ model: adaptedToyModel() })],
    ])('%s', (_name, changes) => expectSame([4, 3], changes));
  });
});
