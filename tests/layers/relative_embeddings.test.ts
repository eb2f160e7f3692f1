import * as tf from '@tensorflow/tfjs';
import { RelativeEmbeddings } from '../../src/layers/relative_embeddings';
import { eachBackend, randomizeWeights, runLayerTest } from '../harness';
import { tinyConfig } from './tiny_config';

const NORMALIZED = tinyConfig();
const PLAIN = tinyConfig({ normRelEbd: 'none' });

eachBackend('RelativeEmbeddings', () => {
  describe.each([
    ['normalized', NORMALIZED, { 'rel_embeddings.weight': [8, 6], 'LayerNorm/gamma': [6], 'LayerNorm/beta': [6] }],
    ['as they are', PLAIN, { 'rel_embeddings.weight': [8, 6] }],
    [
      'of distances without buckets',
      tinyConfig({ normRelEbd: 'none', positionBuckets: -1, maxRelativePositions: 5 }),
      { 'rel_embeddings.weight': [10, 6] },
    ],
  ])('%s', (_name, options, weights: Record<string, number[]>) => {
    runLayerTest({
      layer: (args) => new RelativeEmbeddings(args),
      options: { ...options },
      inputs: () => [tf.zeros([1, 1])],
      outputShape: [2 * options.span, 6],
      weights,
    });
  });

  test('normalizing gives every row mean 0 and variance 1 at first', () => {
    const layer = new RelativeEmbeddings({ ...tinyConfig({ initializerRange: 1 }) });
    layer.build();
    const { mean, variance } = tf.moments(layer.forward(), 1);
    expect(mean).toBeCloseToTensor(tf.zeros([8]));
    expect(variance).toBeCloseToTensor(tf.ones([8]));
  });

  test('without normalization forward gives the weight itself, and nothing is made', () => {
    const layer = new RelativeEmbeddings({ ...PLAIN });
    layer.build();
    randomizeWeights(layer);
    expect(layer.forward()).toBe(layer.weights[0]!.read());
  });

  test('the rows it keeps are released with it', () => {
    const before = tf.memory().numTensors;
    const layer = new RelativeEmbeddings({ ...NORMALIZED });
    tf.tidy(() => {
      layer.apply(tf.zeros([1, 1]));
    });
    layer.rows.forLength(4);
    layer.rows.forLength(7);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
