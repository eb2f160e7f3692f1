import * as tf from '@tensorflow/tfjs';
import { gelu } from '../../src/ops/gelu';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';

// x · Φ(x) to nine digits, from an implementation in double precision.
const values: Array<[x: number, y: number]> = [
  [-20, 0],
  [-6, -5.91952587e-9],
  [-3, -0.00404969409],
  [-1, -0.158655254],
  [-0.5, -0.154268769],
  [0, 0],
  [0.5, 0.345731231],
  [1, 0.841344746],
  [3, 2.99595031],
  [6, 6],
  [20, 20],
];

eachBackend('gelu', () => {
  test.each(values)('gelu(%f) = %f', (x, y) => {
    expect(gelu(tf.scalar(x))).toBeCloseToTensor(y);
  });

  test.each([[[]], [[3]], [[2, 3]], [[2, 1, 3]]])('keeps the shape %j', (shape) => {
    expect(gelu(tf.zeros(shape))).toBeCloseToTensor(tf.zeros(shape));
  });

  test('gradient agrees with finite differences', () => {
    expectGradientsToMatchFiniteDifferences((x) => gelu(x!), [tf.tensor1d([-4, -2, -0.75, -0.1, 0.1, 0.75, 2, 4])]);
  });

  test('saturates without NaN, gradient included', () => {
    const x = tf.tensor1d([-1e20, -1e4, 1e4, 1e20]);
    expect(tf.div(gelu(x), tf.abs(x))).toBeCloseToTensor([0, 0, 1, 1]);
    expect(tf.grad(gelu)(x)).toBeCloseToTensor([0, 0, 1, 1]);
  });

  test('leaks nothing', () => {
    const x = tf.ones([2, 3]);
    expect(() => gelu(x)).toCreateTensors(1);
    expect(() => tf.grad(gelu)(x)).toCreateTensors(1);
  });
});
