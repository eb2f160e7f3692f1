import * as tf from '@tensorflow/tfjs';
import { meanSquaredError } from '../../src/ops/mean_squared_error';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';
import { testAgainstPytorch } from './pytorch_losses';

eachBackend('meanSquaredError', () => {
  testAgainstPytorch('mean_squared_error', (x, rows, { rowWeights }) =>
    meanSquaredError(x, tf.tensor2d(rows as number[][]), rowWeights),
  );

  test.each([
    ['equal values', [1, -2], [1, -2], 0],
    ['one value', [3], [1], 4],
    ['several values', [1, 2, 3, 4], [0, 0, 3, 6], 2.25],
  ])('of %s', (_name, predictions, targets, expected) => {
    expect(meanSquaredError(tf.tensor1d(predictions), tf.tensor1d(targets))).toBeCloseToTensor(expected);
  });

  test('is the mean over all elements of a matrix', () => {
    expect(
      meanSquaredError(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        tf.tensor2d([
          [0, 0],
          [3, 6],
        ]),
      ),
    ).toBeCloseToTensor(2.25);
  });

  test('gradients agree with finite differences', () => {
    expectGradientsToMatchFiniteDifferences(
      (x, y) => meanSquaredError(x!, y!),
      [
        [3, 2],
        [3, 2],
      ],
    );
  });

  test('leaks nothing', () => {
    const [x, y] = [tf.ones([3, 2]), tf.zeros([3, 2])];
    expect(() => meanSquaredError(x, y)).toCreateTensors(1);
    expect(() => tf.grad((z) => meanSquaredError(z, y))(x)).toCreateTensors(1);
  });
});
