import { columnOf } from '../../../src/cli/training/example_parts';
import { chooseLabelNames } from '../../../src/cli/training/label_names';
import { lossWeights } from '../../../src/cli/training/loss_weights';
import { textRules } from '../../../src/cli/training/text_labels';
import { type OptimizerFlags, SCHEDULES } from '../../../src/cli/training/train_flags';
import { countSteps, countWarmupSteps, makeOptimizer, peakRate } from '../../../src/cli/training/training_optimizer';
import type { MetricTask } from '../../../src/metrics/task_metrics';
import { tinyConfig } from '../../layers/tiny_config';

/** The flags of an optimizer with their defaults, and changes. */
function flagsWith(changes: Partial<OptimizerFlags>): OptimizerFlags {
  return {
    lrSchedulerType: 'linear',
    warmupRatio: 0,
    lrCycles: 1,
    lrPower: 1,
    weightDecay: 0.01,
    layerwiseDecay: 1,
    maxGradNorm: 1,
    adamBeta1: 0.9,
    adamBeta2: 0.999,
    adamEpsilon: 1e-8,
    biasCorrection: true,
    gradientAccumulationSteps: 1,
    labelSmoothing: 0,
    freezeLayers: 0,
    ...changes,
  };
}

describe('the optimizer', () => {
  // Rates of steps 0, 2, 4, 6 and 8 of 8, by the formulas of transformers.
  const half = (1 + Math.cos(Math.PI / 2)) / 2;
  const rates: Record<(typeof SCHEDULES)[number], number[]> = {
    linear: [0, 0.5, 1, 0.5, 0],
    cosine: [0, 0.5, 1, half, 0],
    cosine_with_restarts: [0, 0.5, 1, 1, 0],
    polynomial: [0, 0.5, 1, 0.25, 0],
    constant: [1, 1, 1, 1, 1],
    constant_with_warmup: [0, 0.5, 1, 1, 1],
  };

  test.each(SCHEDULES)('has the schedule %s', (lrSchedulerType) => {
    const flags = flagsWith({ lrSchedulerType, warmupRatio: 0.5, lrCycles: 2, lrPower: 2 });
    const schedule = makeOptimizer(flags, 1, 8).options.learningRate as (step: number) => number;
    const received = [0, 2, 4, 6, 8].map(schedule);
    for (const [index, rate] of rates[lrSchedulerType].entries()) expect(received[index]).toBeCloseTo(rate, 12);
  });

  test('clips nothing and averages nothing unless told to', () => {
    expect(makeOptimizer(flagsWith({ maxGradNorm: 0 }), 1, 8).options).not.toHaveProperty('clipNorm');
    expect(makeOptimizer(flagsWith({}), 1, 8).options).toMatchObject({ clipNorm: 1, weightDecayRate: 0.01 });
    expect(makeOptimizer(flagsWith({}), 1, 8).options).not.toHaveProperty('averageDecay');
  });

  test.each([
    ['TFDebertaV2ForSequenceClassification', undefined, 2e-5],
    ['TFDebertaV2ForMultipleChoice', undefined, 5e-5],
    ['TFDebertaV2ForMultipleChoice', 1e-4, 1e-4],
  ] as const)('of %s given %p has the rate %p', (architecture, learningRate, expected) => {
    expect(peakRate(flagsWith(learningRate === undefined ? {} : { learningRate }), architecture)).toBe(expected);
  });

  test.each([
    [{ warmupRatio: 0.1 }, 25, 3],
    [{ warmupRatio: 0.1, warmupSteps: 7 }, 25, 7],
    [{}, 25, 0],
  ])('warms up, with %j of %i steps, in %i', (changes, totalSteps, expected) => {
    expect(countWarmupSteps(flagsWith(changes), totalSteps)).toBe(expected);
  });

  test.each([
    [{ epochs: 3 }, 1, 5, 15],
    [{ epochs: 3 }, 2, 5, 7],
    [{ epochs: 3, maxSteps: 4 }, 2, 5, 4],
  ])('makes, in a run of %j with %i batches a step and %i an epoch, %i steps', (run, together, batches, expected) => {
    const others = { batchSize: 8, seed: 1, loggingSteps: 10, saveTotalLimit: 3, restoreBest: true };
    const flags = { ...flagsWith({ gradientAccumulationSteps: together }), ...others, ...run };
    expect(countSteps(flags, batches)).toBe(expected);
  });
});

describe('weights of classes', () => {
  const taskOf = (metrics: MetricTask, classCounts?: readonly number[]) => ({
    metrics,
    config: tinyConfig({ numLabels: 3 }),
    ...(classCounts && { classCounts }),
    prepare: () => Promise.reject(new Error('not asked for')),
  });

  test('that are balanced are as compute_class_weight of scikit-learn, and 1 for a class without examples', () => {
    const weights = lossWeights(flagsWith({ classWeights: 'balanced' }), taskOf('token_classification', [6, 2, 4]));
    expect(weights).toEqual([12 / 18, 2, 1]);
    const absent = lossWeights(flagsWith({ classWeights: 'balanced' }), taskOf('token_classification', [6, 0, 3]));
    expect(absent).toEqual([0.5, 1, 1]);
  });

  test('that are given are taken, for several labels a text too', () => {
    const flags = flagsWith({ classWeights: [1, 2, 3] });
    expect(lossWeights(flags, taskOf('multi_label_classification'))).toEqual([1, 2, 3]);
    expect(lossWeights(flagsWith({}), taskOf('multi_label_classification'))).toBeUndefined();
    expect(() => lossWeights(flags, taskOf('regression'))).toThrow(/must be left out, since this task has no classes/);
  });
});

describe('labels', () => {
  const rowsOf = (...labels: unknown[]) =>
    labels.map((label, index) => ({ values: { text: 'a', label }, place: `Line ${index + 1}` }));
  const config = tinyConfig({ id2label: { 0: 'ham', 1: 'spam' } });

  test.each<[name: string, hasHead: boolean, labels: unknown[], expected: string[]]>([
    ['of a trained head that knows them by name', true, ['spam'], ['ham', 'spam']],
    ['of a trained head that knows them by index', true, [1, '0'], ['ham', 'spam']],
    ['of the data where the head is another', true, ['eggs', 'spam'], ['eggs', 'spam']],
    ['of the data where the head is new', false, ['spam'], ['spam']],
    ['that are numbers in the order of numbers', false, [10, 9, 2], ['2', '9', '10']],
    ['in lists, without spaces around them and without what is none', false, [[' b', 'a'], null, ''], ['a', 'b']],
  ])('%s', async (_name, hasHead, labels, expected) => {
    expect(await chooseLabelNames(rowsOf(...labels), 'label', { hasHead, config })).toEqual(expected);
  });

  test('several of a text become zeros and ones, from names, indices or such lists', () => {
    const rules = textRules('multi_label_classification', { columns: {}, label: 'label', names: ['a', 'b', 'c'] });
    const labels = rowsOf(['c', 'a'], [1, 0, 1], [2], []).map((row) => rules.toExample(row).label);
    expect(labels).toEqual([
      [1, 0, 1],
      [1, 0, 1],
      [0, 0, 1],
      [0, 0, 0],
    ]);
    expect(() => rules.toExample(rowsOf('a')[0]!)).toThrow(/a list of labels, or of a 0 or 1 for each and holds "a"/);
  });

  test('are in the column of the first row that has one', () => {
    const rows = [{ values: { text: 'a' }, place: 'Line 1' }, ...rowsOf('x')];
    expect(columnOf(rows, undefined, ['labels', 'label'])).toBe('label');
    expect(() => columnOf(rows, 'class', ['label'])).toThrow(/Line 1 must have a column class and has text/);
  });
});
