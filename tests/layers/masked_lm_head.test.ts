import * as tf from '@tensorflow/tfjs';
import { MaskedLMHead } from '../../src/layers/masked_lm_head';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { tinyConfig } from './tiny_config';

const VOCABULARY = 11;

/** Paths below the layer's own, in both spellings. */
const PATHS = {
  cls: { head: 'predictions', transform: 'predictions/transform' },
  lm_predictions: { head: 'lm_head', transform: 'lm_head' },
} as const;

eachBackend('MaskedLMHead', () => {
  let table: tf.Variable<tf.Rank.R2>;

  describe.each([
    ['cls', true, 6],
    ['lm_predictions', false, 6],
    ['cls', true, 4],
  ] as const)('as %s, embeddings %s, of width %i', (name, legacy, width) => {
    beforeEach(() => {
      table = tf.variable(randomTensor([VOCABULARY, width], 5) as tf.Tensor2D);
    });

    runLayerTest({
      layer: (args) => new MaskedLMHead(args, () => table),
      options: { ...tinyConfig({ legacy, embeddingSize: width }) },
      inputs: () => [randomTensor([2, 3, 6])],
      outputShape: [2, 3, VOCABULARY],
      weights: {
        [`${PATHS[name].head}/bias`]: [VOCABULARY],
        [`${PATHS[name].transform}/dense/kernel`]: [6, width],
        [`${PATHS[name].transform}/dense/bias`]: [width],
        [`${PATHS[name].transform}/LayerNorm/gamma`]: [width],
        [`${PATHS[name].transform}/LayerNorm/beta`]: [width],
      },
      savable: false,
    });

    test(`its weights live under ${name}`, () => {
      const layer = new MaskedLMHead({ ...tinyConfig({ legacy, embeddingSize: width }) }, () => table);
      expect(layer.path).toBe(name);
    });
  });

  function built(): MaskedLMHead {
    table = tf.variable(randomTensor([VOCABULARY, 6], 5) as tf.Tensor2D);
    const layer = new MaskedLMHead({ ...tinyConfig({ hiddenAct: 'tanh' }) }, () => table);
    layer.build();
    randomizeWeights(layer);
    return layer;
  }

  test('is LN(act(dense(x))) · tableᵀ + bias, of states of any shape', () => {
    const layer = built();
    const x = randomTensor([3, 6]);
    const transformed = layer.layerNorm.forward(tf.tanh(layer.dense.forward(x)) as tf.Tensor2D);
    const expected = tf.add(tf.matMul(transformed, table, false, true), layer.weights[0]!.read());
    expect(layer.forward(x)).toBeCloseToTensor(expected);
    expect(layer.forward(tf.reshape(x, [1, 3, 6]))).toBeCloseToTensor(tf.expandDims(expected, 0));
  });

  test('trains the table it is tied to', () => {
    const layer = built();
    const { grads } = tf.variableGrads(() => tf.sum(layer.forward(randomTensor([1, 6]))) as tf.Scalar, [table]);
    expect(grads[table.name]!.shape).toEqual([VOCABULARY, 6]);
  });

  test.each([
    ['grows with new entries of bias 0', 13],
    ['shrinks', 4],
  ])('the bias %s', (_name, rows) => {
    const layer = built();
    const before = [...layer.weights[0]!.read().dataSync()];
    layer.resize(rows);
    const expected = Array.from({ length: rows }, (_, row) => before[row] ?? 0);
    expect(layer.weights[0]!.read()).toBeCloseToTensor(expected, 0);
    expect(layer.computeOutputShape([null, null, 6])).toEqual([null, null, rows]);
    expect(layer.weights[0]!.originalName).toBe('cls/predictions/bias');
  });
});
