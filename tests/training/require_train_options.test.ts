import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { useBackend } from '../../src/runtime/use_backend';
import { requireTrainOptions } from '../../src/training/require_train_options';
import type { TrainOptions } from '../../src/training/train_options';
import { toyEvaluate, toyModel, toyRun } from './toy_run';

beforeAll(() => useBackend('cpu'));

const stopping = { metric: 'loss', mode: 'min' } as const;

test.each<[name: string, changes: Partial<TrainOptions>, message: RegExp]>([
  ['no end', { epochs: undefined as never }, /must have an end; give train epochs or maxSteps/],
  ['half an epoch', { epochs: 0.5 }, /epochs of train must be a whole number above 0, received 0\.5/],
  ['no step', { maxSteps: 0 }, /maxSteps of train must be/],
  ['NaN', { logEverySteps: Number.NaN }, /logEverySteps of train must be .* received NaN/],
  ['a negative number', { saveEverySteps: -1 }, /saveEverySteps of train must be/],
  ['no checkpoint to keep', { keepLast: 0 }, /keepLast of train must be/],
  ['an evaluation every 0 steps', { evaluation: { evaluate: toyEvaluate, everySteps: 0 } }, /evaluation\.everySteps/],
  ['no patience', { earlyStopping: { ...stopping, patience: 0 } }, /earlyStopping\.patience of train must be/],
  [
    'an unknown mode',
    { earlyStopping: { ...stopping, mode: 'best' as never } },
    /mode of train must be 'max' or 'min'/,
  ],
  ['a negative minDelta', { earlyStopping: { ...stopping, minDelta: -1 } }, /minDelta of train must be/],
  ['early stopping by nothing', { evaluation: undefined as never }, /earlyStopping of train needs evaluation/],
  ['a resume from nowhere', { resume: 'auto' }, /resume of train needs outputDir/],
])('%s is refused', (_name, changes, message) => {
  expect(() => requireTrainOptions(toyRun(changes))).toThrowDebertaError('usage', message);
});

test('a model that is not compiled is refused', () => {
  const model = new TFDebertaV2ForSequenceClassification(toyModel().config);
  expect(() => requireTrainOptions(toyRun({ model }))).toThrowDebertaError(
    'usage',
    /must have an optimizer; call compile/,
  );
});
