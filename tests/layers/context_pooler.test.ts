import * as tf from '@tensorflow/tfjs';
import { ContextPooler } from '../../src/layers/context_pooler';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { tinyConfig } from './tiny_config';

eachBackend('ContextPooler', () => {
  runLayerTest({
    layer: (args) => new ContextPooler(args),
    options: { ...tinyConfig({ poolerHiddenAct: 'quick_gelu' }) },
    inputs: () => [randomTensor([2, 3, 6])],
    outputShape: [2, 6],
    weights: { 'dense/kernel': [6, 6], 'dense/bias': [6] },
    dropouts: ['dropout'],
  });

  test('looks at the first token of each text alone', () => {
    const layer = new ContextPooler({ ...tinyConfig({ poolerHiddenAct: 'tanh' }) });
    layer.build();
    randomizeWeights(layer);
    const states = randomTensor([2, 3, 6]) as tf.Tensor3D;
    const first = tf.unstack(states, 1)[0]!;
    expect(layer.forward(states, false)).toBeCloseToTensor(tf.tanh(layer.dense.forward(first)));
  });
});
