import * as tf from '@tensorflow/tfjs';
import { ACTIVATION_NAMES, type ActivationName } from '../../src/config/config_schema';
import { activations } from '../../src/ops/activations';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';

const points = [-20, -3, -1, -0.5, 0, 0.5, 1, 3, 20];

// One column per point, to nine digits, from an implementation in double precision.
const tanhGelu = [0, -0.00363739208, -0.158808009, -0.15428599, 0, 0.34571401, 0.841191991, 2.99636261, 20];
const silu = [-4.12230724e-8, -0.14227762, -0.268941421, -0.188770334, 0, 0.311229666, 0.731058579, 2.85772238, 20];
const table: Record<ActivationName, number[]> = {
  gelu: [0, -0.00404969409, -0.158655254, -0.154268769, 0, 0.345731231, 0.841344746, 2.99595031, 20],
  gelu_10: [0, -0.00404969409, -0.158655254, -0.154268769, 0, 0.345731231, 0.841344746, 2.99595031, 10],
  gelu_fast: tanhGelu,
  gelu_new: tanhGelu,
  mish: [-4.12230724e-8, -0.145647461, -0.303401461, -0.220743775, 0, 0.375245211, 0.865098388, 2.986535, 20],
  quick_gelu: [0, -0.0180713097, -0.154204234, -0.149611563, 0, 0.350388437, 0.845795766, 2.98192869, 20],
  relu: [0, 0, 0, 0, 0, 0.5, 1, 3, 20],
  sigmoid: [2.06115362e-9, 0.0474258732, 0.268941421, 0.377540669, 0.5, 0.622459331, 0.731058579, 0.952574127, 1],
  silu,
  swish: silu,
  tanh: [-1, -0.995054754, -0.761594156, -0.462117157, 0, 0.462117157, 0.761594156, 0.995054754, 1],
};

test('there is an activation for every name a configuration may use', () => {
  expect(Object.keys(activations).sort()).toEqual([...ACTIVATION_NAMES].sort());
});

eachBackend('activations', () => {
  test.each(ACTIVATION_NAMES)('%s has the values of its definition', (name) => {
    expect(activations[name](tf.tensor1d(points))).toBeCloseToTensor(table[name], 2e-6);
  });

  // relu has a kink at 0 and gelu_10 at 10; the points keep clear of both.
  test.each(ACTIVATION_NAMES)('the gradient of %s agrees with finite differences', (name) => {
    expectGradientsToMatchFiniteDifferences(
      (x) => activations[name](x!),
      [
        tf.tensor2d([
          [-4, -2, -0.75, -0.1],
          [0.1, 0.75, 2, 4],
        ]),
      ],
    );
  });

  test.each(ACTIVATION_NAMES)('%s and its gradient stay finite for large values', (name) => {
    const x = tf.tensor1d([-1e4, 1e4]);
    expect(tf.all(tf.isFinite(activations[name](x))).dataSync()[0]).toBeTruthy();
    expect(tf.all(tf.isFinite(tf.grad(activations[name])(x))).dataSync()[0]).toBeTruthy();
  });

  test('gelu_10 passes no gradient where it clips', () => {
    expect(tf.grad(activations.gelu_10)(tf.tensor1d([9, 11]))).toBeCloseToTensor([1, 0]);
  });

  test.each(ACTIVATION_NAMES)('%s leaks nothing', (name) => {
    const x = tf.ones([2, 3]);
    expect(() => activations[name](x)).toCreateTensors(1);
    expect(() => tf.grad(activations[name])(x)).toCreateTensors(1);
  });
});
