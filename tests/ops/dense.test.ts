import * as tf from '@tensorflow/tfjs';
import { dense } from '../../src/ops/dense';
import { eachBackend, expectGradientsToMatchFiniteDifferences, type NestedNumbers } from '../harness';

const kernel = [
  [1, 0, 2],
  [-1, 3, 0.5],
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
  { name: 'rank 4', x: [[[[2, 2]]]], expected: [[[[10, 26, 35]]]] },
];

eachBackend('dense', () => {
  test.each(cases)('multiplies the last axis of $name and adds the bias', ({ x, expected }) => {
    const actual = dense(tf.tensor(x as number[]), tf.tensor2d(kernel), tf.tensor1d(bias));
    expect(actual).toBeCloseToTensor(expected);
  });

  test('works without a bias', () => {
    expect(dense(tf.tensor([[[1, 2]]]), tf.tensor2d(kernel))).toBeCloseToTensor([[[-1, 6, 3]]]);
  });

  test.each([[[3]], [[2, 3]], [[2, 4, 3]], [[2, 1, 2, 3]]])(
    'gradients agree with finite differences for x of %j',
    (shape) => {
      expectGradientsToMatchFiniteDifferences(
        (x, w, b) => dense(x!, w as tf.Tensor2D, b as tf.Tensor1D),
        [shape, [3, 5], [5]],
      );
    },
  );

  test('gradients agree with finite differences without a bias', () => {
    expectGradientsToMatchFiniteDifferences(
      (x, w) => dense(x!, w as tf.Tensor2D),
      [
        [2, 4, 3],
        [3, 5],
      ],
    );
  });

  test('weights that are not trained get no gradient, and nothing is kept for one; the input gets its own', () => {
    const x = tf.ones([2, 3, 2]);
    const trained = [tf.tensor2d(kernel), tf.tensor1d(bias)] as const;
    const frozen = trained.map((weight) => tf.variable(weight as tf.Tensor, false)) as [tf.Variable, tf.Variable];
    const [w, b] = frozen as unknown as [tf.Tensor2D, tf.Tensor1D];
    expect(dense(x, w, b)).toBeCloseToTensor(dense(x, ...trained), 0);
    const gradient = tf.grad((input) => dense(input, ...trained))(x);
    expect(tf.grad((input) => dense(input, w, b))(x)).toBeCloseToTensor(gradient, 0);
    expect(() => tf.grads((weight) => dense(x, weight as tf.Tensor2D, b))([w])).toThrow(/gradient/);
    tf.dispose(frozen);
  });

  test('leaks nothing', () => {
    const inputs = [tf.ones([2, 3, 4]), tf.ones([4, 5]), tf.ones([5])];
    const run = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => dense(x, w as tf.Tensor2D, b as tf.Tensor1D);
    expect(() => run(inputs[0]!, inputs[1]!, inputs[2]!)).toCreateTensors(1);
    expect(() => dense(inputs[0]!, inputs[1] as tf.Tensor2D)).toCreateTensors(1);
    expect(() => tf.grads(run)(inputs)).toCreateTensors(3);
  });
});
