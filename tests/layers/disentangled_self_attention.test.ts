import * as tf from '@tensorflow/tfjs';
import {
  DisentangledSelfAttention,
  type DisentangledSelfAttentionOptions,
} from '../../src/layers/disentangled_self_attention';
import { expandAttentionMask } from '../../src/ops/attention_mask';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { plainAttention } from './plain_attention';
import { tinyConfig } from './tiny_config';

const SHARED = tinyConfig();
const OWN = tinyConfig({ shareAttKey: false });
/** A head size no configuration allows; the layer alone takes any. */
const NARROW_HEADS = { ...OWN, attentionHeadSize: 2 };

const dense = (name: string, input: number, output: number) => ({
  [`${name}/kernel`]: [input, output],
  [`${name}/bias`]: [output],
});
const projections = (...names: string[]) => Object.assign({}, ...names.map((name) => dense(name, 6, 6)));

/** `[what, options, S]`. */
const FORMULAS: Array<[string, DisentangledSelfAttentionOptions, number]> = [
  ['shared projections', SHARED, 5],
  ['own projections', OWN, 5],
  ['content to position alone', tinyConfig({ posAttType: ['c2p'] }), 5],
  ['position to content alone', tinyConfig({ posAttType: ['p2c'] }), 5],
  ['own projections, position to content alone', tinyConfig({ shareAttKey: false, posAttType: ['p2c'] }), 5],
  ['no terms', tinyConfig({ posAttType: [] }), 5],
  ['terms listed but no relative attention', tinyConfig({ relativeAttention: false }), 5],
  ['one token', SHARED, 1],
  ['more distances than rows, in buckets', SHARED, 8],
  ['farther than the buckets were laid out for', SHARED, 12],
  ['below the span, no buckets', tinyConfig({ positionBuckets: -1, maxRelativePositions: 7 }), 3],
  ['above the span, no buckets', tinyConfig({ positionBuckets: -1, maxRelativePositions: 3 }), 7],
  ['one head', tinyConfig({ numAttentionHeads: 1 }), 4],
  ['heads narrower than hidden size / heads', NARROW_HEADS, 4],
];

function built(options: DisentangledSelfAttentionOptions): DisentangledSelfAttention {
  const layer = new DisentangledSelfAttention({ ...options, name: 'self' });
  layer.build();
  randomizeWeights(layer);
  return layer;
}

eachBackend('DisentangledSelfAttention', () => {
  describe.each([
    ['shared projections', SHARED, projections('query_proj', 'key_proj', 'value_proj'), [], 6],
    [
      'own projections',
      OWN,
      projections('query_proj', 'key_proj', 'value_proj', 'pos_proj', 'pos_q_proj'),
      ['pos_proj/bias'],
      6,
    ],
    [
      'heads narrower than hidden size / heads',
      NARROW_HEADS,
      Object.assign(
        {},
        ...['query_proj', 'key_proj', 'value_proj', 'pos_proj', 'pos_q_proj'].map((name) => dense(name, 6, 4)),
      ),
      ['pos_proj/bias'],
      4,
    ],
  ])('with %s', (_name, options: DisentangledSelfAttentionOptions, weights, idle, width) => {
    runLayerTest({
      layer: (args) => new DisentangledSelfAttention(args),
      options,
      inputs: () => [randomTensor([2, 4, 6]), tf.ones([2, 4]), randomTensor([2 * options.span, 6], 2)],
      outputShape: [2, 4, width],
      weights,
      dropouts: ['dropout', 'pos_dropout'],
      idle,
    });
  });

  describe('without relative attention', () => {
    runLayerTest({
      layer: (args) => new DisentangledSelfAttention(args),
      options: { ...tinyConfig({ relativeAttention: false }) },
      inputs: () => [randomTensor([2, 4, 6]), tf.ones([2, 4])],
      outputShape: [2, 4, 6],
      weights: projections('query_proj', 'key_proj', 'value_proj'),
      dropouts: ['dropout'],
      idle: ['key_proj/bias'],
    });
  });

  describe.each(FORMULAS)('agrees with its formulas: %s', (_name, options, length) => {
    const padding = Array.from({ length }, (_, position) => Number(position < Math.max(1, length - 2)));
    test.each([
      ['padding', tf.util.flatten([padding, padding.map(() => 1)]) as number[], [2, length]],
      [
        'pairs of tokens',
        Array.from({ length: 2 * length * length }, (_, index) => Number(index % 3 !== 1)),
        [2, length, length],
      ],
    ])('masking %s', (_mask, values, shape) => {
      const layer = built(options);
      const hiddenStates = randomTensor([2, length, 6], 11) as tf.Tensor3D;
      const queryStates = randomTensor([2, length, 6], 12) as tf.Tensor3D;
      const table = randomTensor([2 * options.span, 6], 13) as tf.Tensor2D;
      const attentionMask = expandAttentionMask(tf.tensor(values, shape));
      const relative = layer.relativeInputs(table, length);
      for (const queries of [hiddenStates, queryStates]) {
        const { context, attentions } = layer.forward(
          { hiddenStates, attentionMask, relative, ...(queries === queryStates && { queryStates }) },
          { training: false, outputAttentions: true },
        );
        const expected = plainAttention(layer, {
          hiddenStates: hiddenStates.arraySync(),
          queryStates: queries.arraySync(),
          mask: (tf.squeeze(attentionMask, [0]) as tf.Tensor3D).arraySync(),
          table: table.arraySync(),
        });
        expect(context).toBeCloseToTensor(expected.context);
        expect(attentions!).toBeCloseToTensor(expected.probabilities);
      }
    });
  });

  test('masked queries attend to nothing, and nobody to masked keys, exactly', () => {
    const layer = built(SHARED);
    const hiddenStates = randomTensor([1, 4, 6]) as tf.Tensor3D;
    const relative = layer.relativeInputs(randomTensor([8, 6], 2) as tf.Tensor2D, 4);
    const attentionMask = expandAttentionMask(tf.tensor2d([[1, 1, 0, 0]]));
    const { context, attentions } = layer.forward(
      { hiddenStates, attentionMask, relative },
      { training: false, outputAttentions: true },
    );
    expect(tf.slice(context, [0, 2, 0], [1, 2, 6])).toBeCloseToTensor(tf.zeros([1, 2, 6]), 0);
    expect(tf.slice(attentions!, [0, 0, 0, 2], [1, 2, 4, 2])).toBeCloseToTensor(tf.zeros([1, 2, 4, 2]), 0);
    const masked = { hiddenStates, attentionMask: expandAttentionMask(tf.zeros([1, 4])), relative };
    expect(layer.forward(masked, { training: true }).context).toBeCloseToTensor(tf.zeros([1, 4, 6]), 0);
  });

  test('a mask for each head is kept apart by head', () => {
    const layer = built(SHARED);
    const relative = layer.relativeInputs(randomTensor([8, 6], 2) as tf.Tensor2D, 2);
    const mask = tf.tensor4d([1, 0, 1, 0, 0, 1, 0, 1], [1, 2, 2, 2]);
    const { attentions } = layer.forward(
      { hiddenStates: randomTensor([1, 2, 6]) as tf.Tensor3D, attentionMask: expandAttentionMask(mask), relative },
      { training: false, outputAttentions: true },
    );
    // Each query sees one key only: the first in head 0, the second in head 1.
    expect(attentions!).toBeCloseToTensor(mask);
  });

  test('attentions come on request only', () => {
    const layer = built(tinyConfig({ relativeAttention: false }));
    const inputs = {
      hiddenStates: randomTensor([1, 2, 6]) as tf.Tensor3D,
      attentionMask: expandAttentionMask(tf.ones([1, 2])),
    };
    expect(Object.keys(layer.forward(inputs, { training: false }))).toEqual(['context']);
  });

  test('shared projections are the content’s own', () => {
    const { keyProj, posKeyProj, queryProj, posQueryProj } = built(SHARED);
    expect([posKeyProj, posQueryProj]).toEqual([keyProj, queryProj]);
    const own = built(tinyConfig({ shareAttKey: false, posAttType: ['c2p'] }));
    expect([own.posKeyProj?.name, own.posQueryProj]).toEqual(['pos_proj', undefined]);
  });

  test('relative attention without the relative table is an error that says so', () => {
    const layer = built(SHARED);
    const apply = () => layer.apply([randomTensor([1, 2, 6]), tf.ones([1, 2])]);
    expect(apply).toThrowDebertaError('input', /relative embeddings/);
  });

  test('the rows it keeps for a bare table are released with it', () => {
    const before = tf.memory().numTensors;
    const layer = new DisentangledSelfAttention({ ...SHARED, name: 'self' });
    tf.tidy(() => {
      for (const length of [2, 3, 5]) {
        layer.apply([randomTensor([1, length, 6]), tf.ones([1, length]), randomTensor([8, 6])]);
      }
    });
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
