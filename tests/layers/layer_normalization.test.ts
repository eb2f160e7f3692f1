import * as tf from '@tensorflow/tfjs';
import { LayerNormalization } from '../../src/layers/layer_normalization';
import { eachBackend, randomTensor, runLayerTest } from '../harness';

const OPTIONS = { size: 4, layerNormEps: 1e-7 };

eachBackend('LayerNormalization', () => {
  describe.each([
    ['a table', [3, 4]],
    ['states', [2, 3, 4]],
  ])('of %s', (_name, shape) => {
    runLayerTest({
      layer: (args) => new LayerNormalization(args),
      options: OPTIONS,
      inputs: () => [randomTensor(shape)],
      outputShape: shape,
      weights: { gamma: [4], beta: [4] },
    });
  });

  test('starts as the plain normalization: mean 0, biased variance 1', () => {
    const layer = new LayerNormalization(OPTIONS);
    const normalized = layer.apply(tf.tensor2d([[1, 3, 5, 7]])) as tf.Tensor;
    const step = 1 / Math.sqrt(5);
    expect(normalized).toBeCloseToTensor([[-3 * step, -step, step, 3 * step]]);
  });

  test.each([
    ['1e-7 leaves small differences visible', 1e-7, 1 / Math.sqrt(1 + 0.1)],
    ['a large one flattens them', 1e-3, 1 / Math.sqrt(1 + 1000)],
  ])('epsilon counts: %s', (_name, layerNormEps, expected) => {
    const layer = new LayerNormalization({ size: 2, layerNormEps });
    expect(layer.apply(tf.tensor2d([[-0.001, 0.001]])) as tf.Tensor).toBeCloseToTensor([[-expected, expected]], 1e-4);
  });
});
