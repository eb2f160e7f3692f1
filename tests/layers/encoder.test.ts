import * as tf from '@tensorflow/tfjs';
import { DebertaV2Encoder } from '../../src/layers/encoder';
import { RelativeEmbeddings } from '../../src/layers/relative_embeddings';
import { expandAttentionMask, tokenMask } from '../../src/ops/attention_mask';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { BLOCK_DROPOUTS, BLOCK_WEIGHTS, ENCODER_DROPOUTS, ENCODER_WEIGHTS, under } from './expected_weights';
import { tinyConfig } from './tiny_config';

const V2 = tinyConfig({ numHiddenLayers: 3 });
const V3 = tinyConfig({ numHiddenLayers: 3, convKernelSize: 0 });
const EVERYTHING = { training: false, outputHiddenStates: true, outputAttentions: true };

function built(options = V2): DebertaV2Encoder {
  const layer = new DebertaV2Encoder({ ...options, name: 'encoder' });
  layer.build();
  randomizeWeights(layer);
  return layer;
}

const embedded = () => randomTensor([2, 4, 6], 1) as tf.Tensor3D;
const padding = () =>
  tf.tensor2d([
    [1, 1, 1, 0],
    [1, 1, 1, 1],
  ]);

eachBackend('DebertaV2Encoder', () => {
  describe('of v2, with convolution', () => {
    runLayerTest({
      layer: (args) => new DebertaV2Encoder(args),
      options: { ...tinyConfig() },
      inputs: () => [embedded(), padding()],
      outputShape: [2, 4, 6],
      weights: ENCODER_WEIGHTS,
      dropouts: ENCODER_DROPOUTS,
    });
  });

  describe('without convolution and relative attention', () => {
    runLayerTest({
      layer: (args) => new DebertaV2Encoder(args),
      options: { ...tinyConfig({ convKernelSize: 0, relativeAttention: false, numHiddenLayers: 1 }) },
      inputs: () => [embedded(), padding()],
      outputShape: [2, 4, 6],
      weights: under('layer_._0', BLOCK_WEIGHTS),
      dropouts: BLOCK_DROPOUTS.filter((path) => !path.endsWith('pos_dropout')).map((path) => `layer_._0/${path}`),
      idle: ['layer_._0/attention/self/key_proj/bias'],
    });
  });

  test.each([
    ['with', V2],
    ['without', V3],
  ])('%s convolution: each layer works on the one before, the convolution after the first alone', (_name, options) => {
    const encoder = built(options);
    const inputs = embedded();
    const { hiddenStates } = encoder.forward(inputs, padding(), EVERYTHING);
    const relative = {
      table: encoder.relativeEmbeddings!.forward(),
      rows: encoder.relativeEmbeddings!.rows.forLength(4),
    };
    const attentionMask = expandAttentionMask(padding());
    const expected = [inputs];
    for (const [index, block] of encoder.blocks.entries()) {
      const states = block.forward(
        { hiddenStates: expected[index]!, attentionMask, relative },
        EVERYTHING,
      ).hiddenStates;
      const convolved =
        index === 0
          ? encoder.conv?.forward({ hiddenStates: inputs, residualStates: states, inputMask: padding() }, false)
          : undefined;
      expected.push(convolved ?? states);
    }
    expect(hiddenStates).toHaveLength(4);
    for (const [index, states] of hiddenStates!.entries()) expect(states).toBeCloseToTensor(expected[index]!, 0);
  });

  test.each([
    [false, false, ['lastHiddenState']],
    [true, false, ['lastHiddenState', 'hiddenStates']],
    [false, true, ['lastHiddenState', 'attentions']],
    [true, true, ['lastHiddenState', 'hiddenStates', 'attentions']],
  ])('hidden states (%s) and attentions (%s) come on request', (outputHiddenStates, outputAttentions, keys) => {
    const encoder = built();
    const inputs = embedded();
    const result = encoder.forward(inputs, padding(), { training: false, outputHiddenStates, outputAttentions });
    expect(Object.keys(result)).toEqual(keys);
    expect(result.lastHiddenState).toBeCloseToTensor(encoder.forward(inputs, padding(), EVERYTHING).lastHiddenState, 0);
    if (result.hiddenStates) {
      expect(result.hiddenStates).toHaveLength(4);
      expect(result.hiddenStates[0]).toBe(inputs);
      expect(result.hiddenStates[3]).toBe(result.lastHiddenState);
    }
    if (result.attentions) expect(result.attentions.map(({ shape }) => shape)).toEqual(Array(3).fill([2, 2, 4, 4]));
  });

  test('creates what it returns and nothing else', () => {
    const encoder = built();
    const [inputs, mask] = [embedded(), padding()];
    expect(() => encoder.forward(inputs, mask, { training: true }).lastHiddenState).toCreateTensors(1);
    // Three hidden states beside the embeddings, which are the caller's, and three attentions.
    expect(() => {
      const { hiddenStates, attentions } = encoder.forward(inputs, mask, EVERYTHING);
      return [...hiddenStates!.slice(1), ...attentions!];
    }).toCreateTensors(6);
  });

  test('the states of a layer are let go once the next has used them', () => {
    const encoder = built(tinyConfig({ numHiddenLayers: 6 }));
    const tensorsAtStart: number[] = [];
    for (const block of encoder.blocks) {
      const forward = block.forward.bind(block);
      jest.spyOn(block, 'forward').mockImplementation((inputs, pass) => {
        tensorsAtStart.push(tf.memory().numTensors);
        return forward(inputs, pass);
      });
    }
    encoder.forward(embedded(), padding(), { training: false });
    expect(tensorsAtStart.slice(2)).toEqual(Array(4).fill(tensorsAtStart[2]));
  });

  test('rows of padding change nothing for the others', () => {
    const encoder = built();
    const inputs = tf.slice(embedded(), [0, 0, 0], [1, 4, 6]);
    const mask = tf.tensor2d([[1, 1, 0, 0]]);
    const padded = tf.concat([tf.slice(inputs, [0, 0, 0], [1, 2, 6]), tf.zeros([1, 2, 6])], 1) as tf.Tensor3D;
    const short = tf.slice(padded, [0, 0, 0], [1, 2, 6]);
    const { lastHiddenState } = encoder.forward(padded, mask, { training: false });
    const expected = encoder.forward(short, tf.ones([1, 2]), { training: false }).lastHiddenState;
    expect(tf.slice(lastHiddenState, [0, 0, 0], [1, 2, 6])).toBeCloseToTensor(expected);
  });

  test('a mask of pairs that says the same as one of tokens gives the same', () => {
    const encoder = built();
    const inputs = tf.mul(embedded(), tf.expandDims(padding(), 2)) as tf.Tensor3D;
    const pairs = tf.squeeze(expandAttentionMask(padding()), [0]);
    expect(tokenMask(pairs)).toBeCloseToTensor(padding(), 0);
    const expected = encoder.forward(inputs, padding(), { training: false }).lastHiddenState;
    for (const mask of [pairs, tf.expandDims(pairs, 1)]) {
      expect(encoder.forward(inputs, mask, { training: false }).lastHiddenState).toBeCloseToTensor(expected, 0);
    }
  });

  test('the relative embeddings are computed once for all layers', () => {
    const spy = jest.spyOn(RelativeEmbeddings.prototype, 'forward');
    built().forward(embedded(), padding(), { training: false });
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });
});
