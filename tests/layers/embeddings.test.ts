import * as tf from '@tensorflow/tfjs';
import { DebertaV2Embeddings, type DebertaV2EmbeddingsOptions } from '../../src/layers/embeddings';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { tinyConfig } from './tiny_config';

const ALL = tinyConfig();
const PLAIN = tinyConfig({ positionBiasedInput: false, typeVocabSize: 0 });
const NARROW = tinyConfig({ embeddingSize: 4 });

const WORDS = { 'word_embeddings/weight': [11, 6] };
const POSITIONS = { 'position_embeddings/embeddings': [8, 6] };
const TYPES = { 'token_type_embeddings/embeddings': [3, 6] };
const NORM = { 'LayerNorm/gamma': [6], 'LayerNorm/beta': [6] };

const ids = () =>
  tf.tensor2d(
    [
      [4, 10, 0],
      [1, 2, 3],
    ],
    undefined,
    'int32',
  );
const types = () =>
  tf.tensor2d(
    [
      [0, 1, 2],
      [2, 2, 0],
    ],
    undefined,
    'int32',
  );
const ones = () => tf.ones([2, 3]);

function built(options: DebertaV2EmbeddingsOptions): DebertaV2Embeddings {
  const layer = new DebertaV2Embeddings({ ...options });
  layer.build();
  randomizeWeights(layer);
  return layer;
}

/** The sum of three tables' rows, normalized: what the layer does, from the weights as plain arrays. */
function embeddedByHand(layer: DebertaV2Embeddings, wordIds: tf.Tensor, positions: tf.Tensor, typeIds: tf.Tensor) {
  const [words, positionTable, typeTable, gamma, beta] = layer.getWeights() as tf.Tensor2D[];
  const pick = (table: tf.Tensor2D, rows: tf.Tensor) => tf.gather(table, rows.toInt());
  const sum = tf.add(tf.add(pick(words!, wordIds), pick(positionTable!, positions)), pick(typeTable!, typeIds));
  const { mean, variance } = tf.moments(sum, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(sum, mean), tf.sqrt(tf.add(variance, 1e-7))), gamma!), beta!);
}

eachBackend('DebertaV2Embeddings', () => {
  describe.each([
    ['words alone', PLAIN, { ...WORDS, ...NORM }],
    ['words and positions', tinyConfig({ typeVocabSize: 0 }), { ...WORDS, ...POSITIONS, ...NORM }],
    ['words and token types', tinyConfig({ positionBiasedInput: false }), { ...WORDS, ...TYPES, ...NORM }],
    ['everything', ALL, { ...WORDS, ...POSITIONS, ...TYPES, ...NORM }],
    [
      'narrow tables, projected',
      NARROW,
      {
        'word_embeddings/weight': [11, 4],
        'position_embeddings/embeddings': [8, 4],
        'token_type_embeddings/embeddings': [3, 4],
        'embed_proj/kernel': [4, 6],
        ...NORM,
      },
    ],
  ])('of %s', (_name, options, weights: Record<string, number[]>) => {
    runLayerTest({
      layer: (args) => new DebertaV2Embeddings(args),
      options: { ...options },
      inputs: () => [ids(), ones(), types()],
      outputShape: [2, 3, 6],
      weights,
      dropouts: ['dropout'],
    });
  });

  test('is the normalized sum of word, position and token type', () => {
    const layer = built(ALL);
    const inputs = { inputIds: ids(), attentionMask: ones(), tokenTypeIds: types() };
    const positions = tf.tensor1d([0, 1, 2]);
    expect(layer.forward(inputs, false)).toBeCloseToTensor(embeddedByHand(layer, ids(), positions, types()));
  });

  test.each([
    [
      'for each text',
      [
        [5, 1, 7],
        [0, 0, 2],
      ],
    ],
    ['for all texts', [[5, 1, 7]]],
  ])('position ids %s replace the order of the tokens', (_name, positions) => {
    const layer = built(ALL);
    const positionIds = tf.tensor2d(positions, undefined, 'int32');
    const inputs = { inputIds: ids(), attentionMask: ones(), tokenTypeIds: types(), positionIds };
    expect(layer.forward(inputs, false)).toBeCloseToTensor(embeddedByHand(layer, ids(), positionIds, types()));
  });

  test('without token types every token is of type 0', () => {
    const layer = built(ALL);
    const inputs = { inputIds: ids(), attentionMask: ones() };
    const ofTypeZero = layer.forward({ ...inputs, tokenTypeIds: tf.zeros([2, 3], 'int32') }, false);
    expect(layer.forward(inputs, false)).toBeCloseToTensor(ofTypeZero, 0);
    expect(layer.forward({ ...inputs, tokenTypeIds: types() }, false)).not.toBeCloseToTensor(ofTypeZero);
  });

  test('token types and positions without a table have no effect', () => {
    const layer = built(PLAIN);
    const inputs = { inputIds: ids(), attentionMask: ones() };
    const given = { ...inputs, tokenTypeIds: types(), positionIds: types() };
    expect(layer.forward(given, false)).toBeCloseToTensor(layer.forward(inputs, false), 0);
  });

  test.each([
    ['as wide as the hidden states', ALL],
    ['narrower', NARROW],
  ])('embedded tokens %s take the place of ids', (_name, options) => {
    const layer = built(options);
    const inputsEmbeds = layer.wordEmbeddings.forward(ids());
    const expected = layer.forward({ inputIds: ids(), attentionMask: ones() }, false);
    expect(layer.forward({ inputsEmbeds, attentionMask: ones() }, false)).toBeCloseToTensor(expected, 0);
  });

  test('the projection comes after the sum', () => {
    const layer = built(NARROW);
    const [words, positions, tokenTypes, kernel, gamma, beta] = layer.getWeights() as tf.Tensor2D[];
    const wide = [words!, positions!, tokenTypes!].map((table) => tf.matMul(table, kernel!));
    const projected = built(ALL);
    projected.setWeights([...wide, gamma!, beta!]);
    const inputs = { inputIds: ids(), attentionMask: ones(), tokenTypeIds: types() };
    expect(layer.forward(inputs, false)).toBeCloseToTensor(projected.forward(inputs, false));
  });

  test.each([
    [
      'tokens',
      [
        [1, 1, 0],
        [0, 1, 1],
      ],
    ],
    ['keys', [[[[1, 1, 0]]], [[[0, 1, 1]]]]],
    [
      'pairs of tokens: what no query sees is padding',
      [
        [
          [1, 0, 0],
          [1, 1, 0],
          [1, 0, 0],
        ],
        [
          [0, 1, 1],
          [0, 1, 0],
          [0, 0, 0],
        ],
      ],
    ],
  ])('a mask of %s makes rows of padding exactly 0 and leaves the others alone', (_name, mask) => {
    const layer = built(ALL);
    const full = layer.forward({ inputIds: ids(), attentionMask: ones() }, false);
    const masked = layer.forward({ inputIds: ids(), attentionMask: tf.tensor(mask) }, false);
    const real = tf.tensor3d([
      [[1], [1], [0]],
      [[0], [1], [1]],
    ]);
    expect(masked).toBeCloseToTensor(tf.mul(full, real), 0);
  });

  test('a text longer than the position table is an error that says so', () => {
    const layer = built(ALL);
    const long = (length: number) => ({
      inputIds: tf.zeros([1, length], 'int32'),
      attentionMask: tf.ones([1, length]),
    });
    expect(layer.forward(long(8), false).shape).toEqual([1, 8, 6]);
    expect(() => layer.forward(long(9), false)).toThrowDebertaError('input', /max_position_embeddings 8.*length 9/);
    expect(built(PLAIN).forward(long(9), false).shape).toEqual([1, 9, 6]);
  });

  test('given position ids, only they need to fit the table', () => {
    const layer = built(ALL);
    const inputs = { inputIds: tf.zeros([1, 9], 'int32'), attentionMask: tf.ones([1, 9]) };
    expect(layer.forward({ ...inputs, positionIds: tf.zeros([1, 9], 'int32') }, false).shape).toEqual([1, 9, 6]);
  });

  test('leaks nothing, whatever is given', () => {
    const layer = built(NARROW);
    const attentionMask = ones();
    const inputsEmbeds = randomTensor([2, 3, 4]);
    const inputIds = types();
    expect(() => layer.forward({ inputsEmbeds, attentionMask }, false)).toCreateTensors(1);
    expect(() => layer.forward({ inputIds, attentionMask, positionIds: inputIds }, true)).toCreateTensors(1);
  });
});
