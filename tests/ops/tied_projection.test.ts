import * as tf from '@tensorflow/tfjs';
import { tiedProjection } from '../../src/ops/tied_projection';
import { eachBackend, expectGradientsToMatchFiniteDifferences, type NestedNumbers } from '../harness';

const table = [
  [1, -1],
  [0, 3],
  [2, 0.5],
];
const bias = [10, 20, 30];

interface Case {
  name: string;
  x: NestedNumbers;
  expected: NestedNumbers;
}

const cases: Case[] = [
  { name: 'one vector', x: [1, 2], expected: [9, 26, 33] },
  {
    name: 'a matrix',
    x: [
      [1, 2],
      [0, 0],
    ],
    expected: [
      [9, 26, 33],
      [10, 20, 30],
    ],
  },
  { name: 'rank 3', x: [[[1, 0]], [[0, 1]]], expected: [[[11, 20, 32]], [[9, 23, 30.5]]] },
];

eachBackend('tiedProjection', () => {
  test.each(cases)('scores every row of the table for $name', ({ x, expected }) => {
    expect(tiedProjection(tf.tensor(x as number[]), tf.tensor2d(table), tf.tensor1d(bias))).toBeCloseToTensor(expected);
  });

  test.each([[[3]], [[2, 3]], [[2, 4, 3]], [[2, 1, 3]]])(
    'gradients agree with finite differences for x of %j',
    (shape) => {
      expectGradientsToMatchFiniteDifferences(
        (x, rows, shift) => tiedProjection(x!, rows as tf.Tensor2D, shift as tf.Tensor1D),
        [shape, [5, 3], [5]],
      );
    },
  );

  test('leaks nothing', () => {
    const inputs = [tf.ones([2, 3, 4]), tf.ones([5, 4]), tf.ones([5])];
    const run = (x: tf.Tensor, rows: tf.Tensor, shift: tf.Tensor) =>
      tiedProjection(x, rows as tf.Tensor2D, shift as tf.Tensor1D);
    expect(() => run(inputs[0]!, inputs[1]!, inputs[2]!)).toCreateTensors(1);
    expect(() => tf.grads(run)(inputs)).toCreateTensors(3);
  });
});
