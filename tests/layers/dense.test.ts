import * as tf from '@tensorflow/tfjs';
import { Dense } from '../../src/layers/dense';
import { eachBackend, randomTensor, runLayerTest } from '../harness';

const OPTIONS = { inputSize: 3, units: 2, initializerRange: 0.02 };

eachBackend('Dense', () => {
  describe.each([
    ['one row', [1, 3], [1, 2]],
    ['rows of sequences', [2, 4, 3], [2, 4, 2]],
  ])('of %s', (_name, inputShape, outputShape) => {
    runLayerTest({
      layer: (args) => new Dense(args),
      options: OPTIONS,
      inputs: () => [randomTensor(inputShape)],
      outputShape,
      weights: { kernel: [3, 2], bias: [2] },
    });
  });

  describe('without bias', () => {
    runLayerTest({
      layer: (args) => new Dense(args),
      options: { ...OPTIONS, useBias: false },
      inputs: () => [randomTensor([2, 3])],
      outputShape: [2, 2],
      weights: { kernel: [3, 2] },
    });
  });

  test('is x · kernel + bias', () => {
    const layer = new Dense(OPTIONS);
    layer.build();
    layer.setWeights([
      tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      tf.tensor1d([0.5, -0.5]),
    ]);
    expect(layer.apply(tf.tensor2d([[1, 0, 2]])) as tf.Tensor).toBeCloseToTensor([[11.5, 13.5]]);
  });

  test('starts from a normal kernel of the given deviation, cut off at two of them, and a bias of 0', () => {
    const layer = new Dense({ inputSize: 50, units: 40, initializerRange: 0.02 });
    layer.build();
    const [kernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor1D];
    const { mean, variance } = tf.moments(kernel);
    expect(mean).toBeCloseToTensor(0, 0.002);
    // Cutting off at two deviations leaves 0.88 of the deviation.
    expect(tf.sqrt(variance)).toBeCloseToTensor(0.0176, 0.001);
    expect(tf.max(tf.abs(kernel)).dataSync()[0]).toBeLessThanOrEqual(0.04);
    expect(bias).toBeCloseToTensor(tf.zeros([40]), 0);
  });
});
