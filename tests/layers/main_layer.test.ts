import * as tf from '@tensorflow/tfjs';
import { DebertaV2MainLayer } from '../../src/layers/main_layer';
import { eachBackend, randomizeWeights, runLayerTest } from '../harness';
import { EMBEDDINGS_WEIGHTS, ENCODER_DROPOUTS, ENCODER_WEIGHTS, under } from './expected_weights';
import { tinyConfig } from './tiny_config';

const ids = () => tf.tensor2d([4, 10, 0, 1, 2, 3, 7, 7], [2, 4], 'int32');
const mask = () => tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 0], [2, 4], 'int32');
const types = () => tf.tensor2d([0, 1, 2, 0, 1, 1, 2, 2], [2, 4], 'int32');

function built(config = tinyConfig()): DebertaV2MainLayer {
  const layer = new DebertaV2MainLayer({ ...config, name: 'deberta' });
  layer.build();
  randomizeWeights(layer);
  return layer;
}

eachBackend('DebertaV2MainLayer', () => {
  runLayerTest({
    layer: (args) => new DebertaV2MainLayer(args),
    options: { ...tinyConfig() },
    inputs: () => [ids(), mask(), types()],
    outputShape: [2, 4, 6],
    weights: { ...under('embeddings', EMBEDDINGS_WEIGHTS), ...under('encoder', ENCODER_WEIGHTS) },
    dropouts: ['embeddings/dropout', ...ENCODER_DROPOUTS.map((path) => `encoder/${path}`)],
  });

  test('is the encoder on the embeddings', () => {
    const layer = built();
    const inputs = { inputIds: ids(), attentionMask: mask(), tokenTypeIds: types() };
    const embedded = layer.embeddings.forward(inputs, false);
    const expected = layer.encoder.forward(embedded, mask(), { training: false }).lastHiddenState;
    expect(layer.forward(inputs, { training: false }).lastHiddenState).toBeCloseToTensor(expected, 0);
    expect(layer.apply([ids(), mask(), types()]) as tf.Tensor).toBeCloseToTensor(expected, 0);
  });

  test('token types may be left out', () => {
    const layer = built();
    const expected = layer.apply([ids(), mask(), tf.zeros([2, 4], 'int32')]) as tf.Tensor;
    expect(layer.apply([ids(), mask()]) as tf.Tensor).toBeCloseToTensor(expected, 0);
  });

  test.each(['int32', 'float32', 'bool'] as const)('a mask of %s does', (dtype) => {
    const layer = built();
    const expected = layer.apply([ids(), mask()]) as tf.Tensor;
    expect(layer.apply([ids(), tf.cast(mask(), dtype)]) as tf.Tensor).toBeCloseToTensor(expected, 0);
  });

  test('sequence lengths from one token to beyond the buckets are computed and leave their rows alone behind', () => {
    const layer = built(tinyConfig({ positionBiasedInput: false }));
    const run = (length: number) => {
      const input = tf.ones([1, length], 'int32');
      const output = layer.apply([input, input]) as tf.Tensor;
      input.dispose();
      return output;
    };
    const before = tf.memory().numTensors;
    for (const length of [1, 2, 7, 20]) {
      const output = run(length);
      expect(output.shape).toEqual([1, length, 6]);
      expect(output.dataSync().every(Number.isFinite)).toBe(true);
      output.dispose();
    }
    expect(tf.memory().numTensors).toBe(before + 4 * 2);
  });

  test('passes a gradient to embedded tokens, none to padding', () => {
    const layer = built();
    const inputsEmbeds = layer.embeddings.wordEmbeddings.forward(ids());
    const gradient = tf.grad((x) => {
      const { lastHiddenState } = layer.forward({ inputsEmbeds: x, attentionMask: mask() }, { training: false });
      return tf.sum(tf.square(lastHiddenState));
    })(inputsEmbeds);
    expect(gradient.shape).toEqual([2, 4, 6]);
    const padded = tf.slice(gradient, [1, 3, 0], [1, 1, 6]);
    expect(padded).toBeCloseToTensor(tf.zeros([1, 1, 6]), 0);
  });
});
