import * as tf from '@tensorflow/tfjs';
import { taskAccuracy, withTaskAccuracy } from '../../src/models/task_accuracy';
import { eachBackend, type NestedNumbers } from '../harness';

const THREE_CLASSES = [
  [0.1, 2, -1],
  [3, 0, 0],
  [-2, -1, -1.5],
  [0, 0, 5],
];

/** `[what, labels, logits, accuracy]`. */
const CASES: Array<[string, NestedNumbers, NestedNumbers, number]> = [
  ['all right', [1, 0, 1, 2], THREE_CLASSES, 1],
  ['all wrong', [0, 1, 2, 0], THREE_CLASSES, 0],
  ['half right', [1, 0, 0, 0], THREE_CLASSES, 0.5],
  ['labels in a column', [[1], [0], [1], [0]], THREE_CLASSES, 0.75],
  ['ignored labels count neither way', [1, -100, -100, 0], THREE_CLASSES, 0.5],
  ['nor do other negative ones', [1, -1, -1, 0], THREE_CLASSES, 0.5],
  [
    'tokens',
    [
      [1, 0],
      [-100, 2],
    ],
    [THREE_CLASSES.slice(0, 2), THREE_CLASSES.slice(2)],
    1,
  ],
  [
    'answers, start and end',
    [
      [1, 0],
      [2, 2],
    ],
    [THREE_CLASSES.slice(0, 2), THREE_CLASSES.slice(2)],
    0.75,
  ],
  ['an answer beyond the window counts neither way', [[1, 9]], [THREE_CLASSES.slice(0, 2)], 1],
  ['nothing to count', [-100, -100, -100, -100], THREE_CLASSES, Number.NaN],
];

eachBackend('taskAccuracy', () => {
  describe.each(CASES)('%s', (_name, labels, logits, accuracy) => {
    test.each(['int32', 'float32'] as const)('labels as %s', (dtype) => {
      expect(
        taskAccuracy(tf.tensor(labels as number[], undefined, dtype), tf.tensor(logits as number[])),
      ).toBeCloseToTensor(accuracy);
    });
  });

  test.each([
    ['several labels at once', [2, 3]],
    ['too few labels', [3]],
  ])('refuses %s', (_name, shape) => {
    expect(() => taskAccuracy(tf.zeros(shape), tf.zeros([2, 3]))).toThrowDebertaError(
      'input',
      /metric accuracy .*\[2\]/,
    );
  });

  test('leaks nothing', () => {
    const [labels, logits] = [tf.zeros([4], 'int32'), tf.tensor2d(THREE_CLASSES)];
    expect(() => taskAccuracy(labels, logits)).toCreateTensors(1);
  });
});

describe('withTaskAccuracy', () => {
  const own = () => tf.scalar(0);

  test.each([
    ['accuracy', taskAccuracy],
    ['acc', taskAccuracy],
    ['mse', 'mse'],
    [own, own],
    [
      ['accuracy', 'mse', own],
      [taskAccuracy, 'mse', own],
    ],
    [
      { classifier: 'acc', other: 'mse' },
      { classifier: taskAccuracy, other: 'mse' },
    ],
  ])('%p becomes %p', (metrics, expected) => {
    expect(withTaskAccuracy(metrics as Parameters<typeof withTaskAccuracy>[0])).toEqual(expected);
  });

  test('tfjs logs it as acc', () => expect(taskAccuracy.name).toBe('acc'));
});
