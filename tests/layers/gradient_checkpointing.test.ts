import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import type { DebertaLayer } from '../../src/layers/deberta_layer';
import { DebertaV2MainLayer } from '../../src/layers/main_layer';
import { RandomStream } from '../../src/ops/random_stream';
import { eachBackend, peakBytes, randomizeWeights, randomTensor } from '../harness';
import { tinyConfig } from './tiny_config';

const SEED = 7;

function built(changes: DebertaV2ConfigInput = {}): DebertaV2MainLayer {
  const config = tinyConfig({ hiddenDropoutProb: 0.1, attentionProbsDropoutProb: 0.1, ...changes });
  const layer = new DebertaV2MainLayer({ ...config, name: 'deberta', seeds: new RandomStream(SEED) });
  layer.build();
  randomizeWeights(layer);
  return layer;
}

/** One pass over two texts, the first of them padded. */
function passOf(layer: DebertaV2MainLayer, length = 4) {
  const ids = tf.tensor2d(
    Int32Array.from({ length: 2 * length }, (_, i) => i % 11),
    [2, length],
    'int32',
  );
  const attentionMask = tf.tensor2d(
    Int32Array.from({ length: 2 * length }, (_, i) => (i === 1 ? 0 : 1)),
    [2, length],
  );
  return (training = true) => layer.forward({ inputIds: ids, attentionMask }, { training }).lastHiddenState;
}

/** What training sees: the loss, every gradient by the path of its weight, and where the seeds stand after it. */
function step(layer: DebertaV2MainLayer, gradientCheckpointing: boolean, length?: number) {
  layer.encoder.gradientCheckpointing = gradientCheckpointing;
  layer.seeds.state = SEED;
  const pass = passOf(layer, length);
  const { value, grads } = tf.variableGrads(() => {
    const states = pass();
    return tf.sum(tf.mul(states, randomTensor(states.shape, 97))) as tf.Scalar;
  });
  const byPath = layer.weights.map((weight) => [weight.originalName, grads[weight.name]?.arraySync()] as const);
  return { loss: value.dataSync()[0], gradients: Object.fromEntries(byPath), seedState: layer.seeds.state };
}

interface Case {
  readonly about: string;
  readonly changes?: DebertaV2ConfigInput;
  readonly frozen?: (layer: DebertaV2MainLayer) => DebertaLayer[];
  /** 0 by default: the same operations in the same order. */
  readonly tolerance?: number;
}

const CASES: readonly Case[] = [
  { about: 'shared projections and the convolution' },
  { about: 'own projections, no convolution', changes: { shareAttKey: false, convKernelSize: 0 } },
  { about: 'a table larger than the rows a text reads', changes: { positionBuckets: 8 } },
  { about: 'a table that is not normalized', changes: { normRelEbd: 'none', shareAttKey: false } },
  { about: 'content-to-position alone', changes: { posAttType: 'c2p' } },
  { about: 'relative attention without terms', changes: { posAttType: [] } },
  { about: 'no relative attention', changes: { relativeAttention: false } },
  {
    about: 'no dropout: the rows that blocks would share are looked up by each',
    changes: { positionBuckets: 8, hiddenDropoutProb: 0 },
    tolerance: 1e-6,
  },
  {
    about: 'embeddings and the first block frozen',
    frozen: ({ embeddings, encoder }) => [embeddings, encoder.conv!, encoder.blocks[0]!],
  },
  {
    about: 'a block frozen between others',
    changes: { numHiddenLayers: 3 },
    frozen: ({ encoder }) => [encoder.blocks[1]!],
  },
  { about: 'the relative table frozen', frozen: ({ encoder }) => [encoder.relativeEmbeddings!] },
];

eachBackend('gradient checkpointing', () => {
  afterEach(() => tf.disposeVariables());

  test.each(CASES)('gives the same loss, gradients and seeds: $about', ({ changes, frozen, tolerance = 0 }) => {
    const layer = built(changes);
    for (const part of frozen?.(layer) ?? []) part.trainable = false;
    const expected = step(layer, false);
    const received = step(layer, true);
    expect(received.seedState).toBe(expected.seedState);
    expect(received.loss).toBe(expected.loss);
    for (const [path, gradient] of Object.entries(expected.gradients)) {
      if (gradient === undefined) expect([path, received.gradients[path]]).toEqual([path, undefined]);
      else expect(received.gradients[path]).toBeCloseToTensor(gradient, tolerance);
    }
  });

  test('computes each block twice for a step, and once without a gradient', () => {
    const layer = built();
    const spies = layer.encoder.blocks.map((block) => jest.spyOn(block, 'forward'));
    const calls = () => spies.map((spy) => spy.mock.calls.length);
    layer.encoder.gradientCheckpointing = true;
    passOf(layer)();
    expect(calls()).toEqual([1, 1]);
    step(layer, true);
    expect(calls()).toEqual([3, 3]);
  });

  test('does nothing to inference and to a pass that gives attentions', () => {
    const layer = built();
    const states = randomTensor([2, 4, 6]) as tf.Tensor3D;
    const everything = { training: true, outputAttentions: true, outputHiddenStates: true };
    const [off, on] = [false, true].map((gradientCheckpointing) => {
      layer.encoder.gradientCheckpointing = gradientCheckpointing;
      layer.seeds.state = SEED;
      const { attentions, hiddenStates } = layer.encoder.forward(states, tf.ones([2, 4]), everything);
      return [passOf(layer)(false), ...hiddenStates!, ...attentions!];
    });
    expect(on).toHaveLength(6);
    for (const [index, tensor] of on!.entries()) expect(tensor).toBeCloseToTensor(off![index]!, 0);
  });

  test('gives hidden states on request', () => {
    const layer = built();
    layer.encoder.gradientCheckpointing = true;
    const pass = { training: true, outputHiddenStates: true };
    const states = randomTensor([2, 4, 6]) as tf.Tensor3D;
    const { hiddenStates, lastHiddenState } = layer.encoder.forward(states, tf.ones([2, 4]), pass);
    expect(hiddenStates).toHaveLength(3);
    expect(hiddenStates![2]).toBe(lastHiddenState);
  });

  test('leaves nothing behind, with a gradient and without', () => {
    const layer = built();
    layer.encoder.gradientCheckpointing = true;
    const pass = passOf(layer);
    expect(() => pass()).toCreateTensors(1);
    const variables = layer.trainableWeights.length;
    expect(() => {
      const { value, grads } = tf.variableGrads(() => tf.sum(pass()) as tf.Scalar);
      return [value, ...Object.values(grads)];
    }).toCreateTensors(1 + variables);
  });

  test('a step needs the memory of one block, whatever the number of blocks', async () => {
    const peakOf = (numHiddenLayers: number, gradientCheckpointing: boolean) => {
      const layer = built({ numHiddenLayers, convKernelSize: 0 });
      return peakBytes(() => void step(layer, gradientCheckpointing, 8));
    };
    const [plain4, plain12] = [await peakOf(4, false), await peakOf(12, false)];
    const [kept4, kept12] = [await peakOf(4, true), await peakOf(12, true)];
    expect(kept4).toBeLessThan(0.6 * plain4);
    // What eight more blocks add: their inputs, outputs and weights' gradients instead of all they compute.
    expect(kept12 - kept4).toBeLessThan(0.25 * (plain12 - plain4));
  });
});
