import * as tf from '@tensorflow/tfjs';
import { layerNorm } from '../../src/ops/layer_norm';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';

/** The definition, in double precision. */
function reference(row: number[], gamma: number[], beta: number[], epsilon: number): number[] {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value, i) => (gamma[i]! * (value - mean)) / Math.sqrt(variance + epsilon) + beta[i]!);
}

const gamma = [1, 2, -0.5, 0];
const beta = [0, 0.25, 1, 3];

const rows: Array<[name: string, row: number[]]> = [
  ['ordinary values', [0.5, -1.25, 2, 0.125]],
  ['a constant row, which becomes beta', [3, 3, 3, 3]],
  ['a row of zeros', [0, 0, 0, 0]],
  ['values far from zero, without cancellation', [1000, 1001, 1002.5, 999]],
  ['a variance of the size of epsilon', [1e-4, -3e-4, 2e-4, 4e-4]],
  ['large values', [1e6, -2e6, 3e6, 5e5]],
];

eachBackend('layerNorm', () => {
  test.each(rows)('%s', (_name, row) => {
    const actual = layerNorm(tf.tensor1d(row), tf.tensor1d(gamma), tf.tensor1d(beta), 1e-7);
    expect(actual).toBeCloseToTensor(reference(row, gamma, beta, 1e-7));
  });

  test('normalizes every row of a batch by itself', () => {
    const x = [
      [rows[0]![1], rows[3]![1]],
      [rows[4]![1], rows[5]![1]],
    ];
    const actual = layerNorm(tf.tensor3d(x), tf.tensor1d(gamma), tf.tensor1d(beta), 1e-7);
    expect(actual).toBeCloseToTensor(x.map((batch) => batch.map((row) => reference(row, gamma, beta, 1e-7))));
  });

  test('adds epsilon to the variance', () => {
    const actual = layerNorm(tf.tensor2d([[1, -1]]), tf.ones([2]), tf.zeros([2]), 3);
    expect(actual).toBeCloseToTensor([[0.5, -0.5]]);
  });

  test('gives beta where the width is 1', () => {
    const actual = layerNorm(tf.tensor2d([[5], [7]]), tf.tensor1d([2]), tf.tensor1d([3]), 1e-7);
    expect(actual).toBeCloseToTensor([[3], [3]]);
  });

  test.each([[[5]], [[3, 5]], [[2, 3, 5]]])('gradients agree with finite differences for x of %j', (shape) => {
    expectGradientsToMatchFiniteDifferences(
      (x, scale, shift) => layerNorm(x!, scale as tf.Tensor1D, shift as tf.Tensor1D, 1e-7),
      [shape, [5], [5]],
    );
  });

  test('the gradient of a constant row is finite', () => {
    const dx = tf.grad((x) => layerNorm(x, tf.ones([3]), tf.zeros([3]), 1e-7))(
      tf.fill([1, 3], 2),
      tf.tensor2d([[1, 0, 0]]),
    );
    const slope = 1 / Math.sqrt(1e-7);
    expect(tf.div(dx, slope)).toBeCloseToTensor([[2 / 3, -1 / 3, -1 / 3]]);
  });

  test('leaks nothing', () => {
    const inputs = [tf.ones([2, 3, 4]), tf.ones([4]), tf.ones([4])];
    const run = (x: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => layerNorm(x, g as tf.Tensor1D, b as tf.Tensor1D, 1e-7);
    expect(() => run(inputs[0]!, inputs[1]!, inputs[2]!)).toCreateTensors(1);
    expect(() => tf.grads(run)(inputs)).toCreateTensors(3);
  });
});
