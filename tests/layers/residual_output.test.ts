import * as tf from '@tensorflow/tfjs';
import { ResidualOutput } from '../../src/layers/residual_output';
import { eachBackend, randomTensor, runLayerTest } from '../harness';
import { tinyConfig } from './tiny_config';

eachBackend('ResidualOutput', () => {
  describe.each([
    ['of the attention', 6],
    ['of the feed-forward block', 10],
    ['of narrow heads', 4],
  ])('%s', (_name, inputSize) => {
    runLayerTest({
      layer: (args) => new ResidualOutput(args),
      options: { ...tinyConfig(), inputSize },
      inputs: () => [randomTensor([2, 3, inputSize]), randomTensor([2, 3, 6], 2)],
      outputShape: [2, 3, 6],
      weights: {
        'dense/kernel': [inputSize, 6],
        'dense/bias': [6],
        'LayerNorm/gamma': [6],
        'LayerNorm/beta': [6],
      },
      dropouts: ['dropout'],
    });
  });

  test('is LN(dense(x) + residual)', () => {
    const layer = new ResidualOutput({ ...tinyConfig({ hiddenSize: 2, numAttentionHeads: 1 }), inputSize: 1 });
    layer.build();
    layer.setWeights([tf.tensor2d([[1, 2]]), tf.tensor1d([0, 1]), tf.tensor1d([1, 10]), tf.tensor1d([5, 0])]);
    // dense(3) = [3, 7], with the residual [10, 8], whose normalization is [1, -1].
    const output = layer.forward(tf.tensor3d([[[3]]]), tf.tensor3d([[[7, 1]]]), false);
    expect(output).toBeCloseToTensor([[[6, -10]]], 1e-4);
  });
});
