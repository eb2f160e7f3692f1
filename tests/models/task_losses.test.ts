import * as tf from '@tensorflow/tfjs';
import type { ProblemType } from '../../src/config/config_schema';
import {
  classificationLoss,
  positionLoss,
  sequenceClassificationLoss,
  sequenceLossKind,
} from '../../src/models/task_losses';
import { eachBackend, expectGradientsToMatchFiniteDifferences, type NestedNumbers } from '../harness';

// The losses of the PyTorch classes, in doubles.
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: number[]) => sum(values) / values.length;
const logSumExp = (row: number[]) => Math.log(sum(row.map(Math.exp)));
const crossEntropyOf = (row: number[], label: number) => logSumExp(row) - row[label]!;
const crossEntropy = (rows: number[][], labels: number[], counts: (label: number) => boolean) =>
  mean(rows.flatMap((row, index) => (counts(labels[index]!) ? [crossEntropyOf(row, labels[index]!)] : [])));
const softCrossEntropy = (rows: number[][], labels: number[][]) =>
  mean(rows.map((row, i) => sum(row.map((logit, j) => labels[i]![j]! * (logSumExp(row) - logit)))));
const squaredError = (logits: number[], labels: number[]) => mean(logits.map((logit, i) => (logit - labels[i]!) ** 2));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const binaryCrossEntropy = (logits: number[], labels: number[]) =>
  mean(logits.map((x, i) => -labels[i]! * Math.log(sigmoid(x)) - (1 - labels[i]!) * Math.log(1 - sigmoid(x))));

const notIgnored = (label: number) => label !== -100;
const notNegative = (label: number) => label >= 0;

const LOGITS = [
  [0.5, -1.25, 2],
  [1.5, 0.25, -0.75],
  [-0.5, 3, 1],
];
const ONE = [[0.5], [-1.25], [2]];
const SOFT = [
  [0.2, 0.3, 0.5],
  [1, 0, 0],
  [0.6, 0.6, 0.6],
];
const ZERO_ONE = [
  [1, 0, 1],
  [0, 0, 0],
  [1, 1, 0],
];
const VALUES = [
  [0.1, -2, 3],
  [4, 0.5, -0.6],
  [0, 0, 1],
];

/** `[what, problem type, labels, logits, loss]`. */
const SEQUENCE: Array<[string, ProblemType | null, NestedNumbers, number[][], number]> = [
  ['class indices', null, [2, 0, 1], LOGITS, crossEntropy(LOGITS, [2, 0, 1], notNegative)],
  ['class indices in a column', null, [[2], [0], [1]], LOGITS, crossEntropy(LOGITS, [2, 0, 1], notNegative)],
  ['negative indices are left out', null, [2, -1, 1], LOGITS, crossEntropy(LOGITS, [2, -1, 1], notNegative)],
  ['-100 is one of them', null, [-100, 0, -7], LOGITS, crossEntropy(LOGITS, [-100, 0, -7], notNegative)],
  ['no index that counts', null, [-1, -100, -1], LOGITS, 0],
  ['soft labels', null, SOFT, LOGITS, softCrossEntropy(LOGITS, SOFT)],
  ['one label means regression', null, [0.5, 1, -2], ONE, squaredError([0.5, -1.25, 2], [0.5, 1, -2])],
  ['regression, values in a column', null, [[0.5], [1], [-2]], ONE, squaredError([0.5, -1.25, 2], [0.5, 1, -2])],
  ['regression of one value', 'regression', [0.5, 1, -2], ONE, squaredError([0.5, -1.25, 2], [0.5, 1, -2])],
  ['regression of several', 'regression', VALUES, LOGITS, squaredError(LOGITS.flat(), VALUES.flat())],
  [
    'several labels at once',
    'multi_label_classification',
    ZERO_ONE,
    LOGITS,
    binaryCrossEntropy(LOGITS.flat(), ZERO_ONE.flat()),
  ],
  [
    'several, with soft targets',
    'multi_label_classification',
    SOFT,
    LOGITS,
    binaryCrossEntropy(LOGITS.flat(), SOFT.flat()),
  ],
  [
    'several, of which there is one',
    'multi_label_classification',
    [1, 0, 1],
    ONE,
    binaryCrossEntropy([0.5, -1.25, 2], [1, 0, 1]),
  ],
  [
    'a single label by name',
    'single_label_classification',
    [2, 0, 1],
    LOGITS,
    crossEntropy(LOGITS, [2, 0, 1], notIgnored),
  ],
  [
    'a single label, -100 left out',
    'single_label_classification',
    [2, -100, 1],
    LOGITS,
    crossEntropy(LOGITS, [2, -100, 1], notIgnored),
  ],
  ['a single label, all ignored', 'single_label_classification', [-100, -100, -100], LOGITS, Number.NaN],
];

const hasFractions = (values: NestedNumbers) => (values as number[][]).flat().some((value) => !Number.isInteger(value));

eachBackend('losses of tasks', () => {
  describe('sequence classification', () => {
    describe.each(SEQUENCE)('%s (problem_type %s)', (_name, problemType, labels, logits, loss) => {
      test.each(['float32', ...(hasFractions(labels) ? [] : (['int32'] as const))] as const)(
        'labels as %s',
        (dtype) => {
          const tensor = tf.tensor(labels as number[], undefined, dtype);
          const actual = sequenceClassificationLoss(tensor, tf.tensor2d(logits), problemType);
          expect(actual).toBeCloseToTensor(loss);
        },
      );

      test('gradient', () => {
        const tensor = tf.tensor(labels as number[]);
        const lossOf = (x: tf.Tensor) => sequenceClassificationLoss(tensor, x as tf.Tensor2D, problemType);
        if (Number.isNaN(loss)) {
          // As in PyTorch the loss is NaN; its gradient must not be.
          expect(tf.grad(lossOf)(tf.tensor2d(logits))).toBeCloseToTensor(tf.zeros([3, 3]), 0);
        } else expectGradientsToMatchFiniteDifferences((x) => lossOf(x!), [tf.tensor2d(logits)]);
      });

      test('leaks nothing', () => {
        const [tensor, x] = [tf.tensor(labels as number[]), tf.tensor2d(logits)];
        expect(() => sequenceClassificationLoss(tensor, x, problemType)).toCreateTensors(1);
      });
    });

    test.each<[string, ProblemType | null, number[], number[], string]>([
      ['too few indices', null, [2], [3, 4], '[3]'],
      ['soft labels for another number of classes', null, [3, 5], [3, 4], '[3,4]'],
      ['too few values', 'regression', [2], [3, 1], '[3]'],
      ['one value where there are several labels', 'regression', [3], [3, 4], '[3,4]'],
      ['indices where every label has a value', 'multi_label_classification', [3], [3, 4], '[3,4]'],
      ['values where indices belong', 'single_label_classification', [3, 4], [3, 4], '[3]'],
    ])('refuses %s', (_name, problemType, labels, logits, expected) => {
      const run = () => sequenceClassificationLoss(tf.zeros(labels), tf.zeros(logits as [number, number]), problemType);
      expect(run).toThrowDebertaError('input', new RegExp(`shape ${expected.replace(/[[\]]/g, '\\$&')}, received`));
    });

    test.each<[ProblemType | null, number, number[], string]>([
      [null, 1, [3], 'regression'],
      [null, 1, [3, 1], 'regression'],
      [null, 2, [3], 'single_label_classification'],
      [null, 2, [3, 1], 'single_label_classification'],
      [null, 2, [3, 2], 'soft_label_classification'],
      ['regression', 2, [3, 2], 'regression'],
      ['single_label_classification', 1, [3], 'single_label_classification'],
      ['multi_label_classification', 2, [3, 2], 'multi_label_classification'],
    ])('problem_type %s, %i labels, labels of shape %p: %s', (problemType, numLabels, shape, kind) => {
      expect(sequenceLossKind(problemType, numLabels, tf.zeros(shape))).toBe(kind);
    });
  });

  describe('class indices', () => {
    const TOKENS = [LOGITS, [...LOGITS].reverse()];
    test.each<[string, number[][], number]>([
      [
        'all of them',
        [
          [2, 0, 1],
          [1, 1, 0],
        ],
        crossEntropy(TOKENS.flat(), [2, 0, 1, 1, 1, 0], notIgnored),
      ],
      [
        '-100 left out',
        [
          [2, -100, 1],
          [-100, -100, 0],
        ],
        crossEntropy(TOKENS.flat(), [2, -100, 1, -100, -100, 0], notIgnored),
      ],
      [
        'all left out',
        [
          [-100, -100, -100],
          [-100, -100, -100],
        ],
        Number.NaN,
      ],
    ])('of tokens: %s', (_name, labels, loss) => {
      const lossOf = (x: tf.Tensor) => classificationLoss(tf.tensor2d(labels, undefined, 'int32'), x);
      expect(lossOf(tf.tensor3d(TOKENS))).toBeCloseToTensor(loss);
      if (Number.isNaN(loss)) expect(tf.grad(lossOf)(tf.tensor3d(TOKENS))).toBeCloseToTensor(tf.zeros([2, 3, 3]), 0);
      else expectGradientsToMatchFiniteDifferences((x) => lossOf(x!), [tf.tensor3d(TOKENS)]);
    });

    test('of choices', () => {
      expect(classificationLoss(tf.tensor1d([2, 0, 1], 'int32'), tf.tensor2d(LOGITS))).toBeCloseToTensor(
        crossEntropy(LOGITS, [2, 0, 1], notIgnored),
      );
    });

    test('labels must have the shape of the logits without classes', () => {
      const run = () => classificationLoss(tf.zeros([3, 2], 'int32'), tf.zeros([2, 3, 5]));
      expect(run).toThrowDebertaError('input', /labels must have the shape \[2,3\], received \[3,2\]/);
    });
  });

  describe('positions of answers', () => {
    const clamped = (position: number) => Math.min(Math.max(position, 0), 3);
    const inWindow = (position: number) => position < 3;
    test.each<[string, number[], number]>([
      ['within the window', [2, 0, 1], crossEntropy(LOGITS, [2, 0, 1], inWindow)],
      ['beyond the window they do not count', [2, 3, 99], crossEntropy(LOGITS, [2, 3, 3], inWindow)],
      ['negative ones are taken for 0', [-5, 0, 1], crossEntropy(LOGITS, [-5, 0, 1].map(clamped), inWindow)],
      ['none within the window', [3, 4, 5], Number.NaN],
    ])('%s', (_name, positions, loss) => {
      for (const dtype of ['int32', 'float32'] as const) {
        expect(positionLoss(tf.tensor1d(positions, dtype), tf.tensor2d(LOGITS))).toBeCloseToTensor(loss);
      }
      const column = tf.expandDims(tf.tensor1d(positions, 'int32'), 1);
      const lossOf = (x: tf.Tensor) => positionLoss(column, x as tf.Tensor2D);
      expect(lossOf(tf.tensor2d(LOGITS))).toBeCloseToTensor(loss);
      if (Number.isNaN(loss)) expect(tf.grad(lossOf)(tf.tensor2d(LOGITS))).toBeCloseToTensor(tf.zeros([3, 3]), 0);
      else expectGradientsToMatchFiniteDifferences((x) => lossOf(x!), [tf.tensor2d(LOGITS)]);
    });

    test('one position a text', () => {
      const run = () => positionLoss(tf.zeros([2], 'int32'), tf.zeros([3, 4]));
      expect(run).toThrowDebertaError('input', /positions must have the shape \[3\], received \[2\]/);
    });
  });
});
