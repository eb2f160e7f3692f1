import * as tf from '@tensorflow/tfjs';
import { ACTIVATION_NAMES } from '../../src/config/config_schema';
import { DebertaV2Intermediate } from '../../src/layers/intermediate';
import { activations } from '../../src/ops/activations';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { tinyConfig } from './tiny_config';

eachBackend('DebertaV2Intermediate', () => {
  // Every name, because tfjs rewrites those with an underscore when it saves and loads a model.
  describe.each(ACTIVATION_NAMES)('with %s', (hiddenAct) => {
    runLayerTest({
      layer: (args) => new DebertaV2Intermediate(args),
      options: { ...tinyConfig({ hiddenAct }) },
      inputs: () => [randomTensor([2, 3, 6])],
      outputShape: [2, 3, 10],
      weights: { 'dense/kernel': [6, 10], 'dense/bias': [10] },
    });

    test('is the activation of the dense layer', () => {
      const layer = new DebertaV2Intermediate({ ...tinyConfig({ hiddenAct }) });
      const x = randomTensor([1, 2, 6]);
      layer.build();
      randomizeWeights(layer);
      expect(layer.forward(x)).toBeCloseToTensor(
        tf.tidy(() => activations[hiddenAct](layer.dense.forward(x))),
        0,
      );
    });
  });
});
