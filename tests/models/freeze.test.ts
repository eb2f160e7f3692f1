import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { type FreezeOptions, freeze } from '../../src/models/freeze';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { eachBackend, peakBytes } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

const EMBEDDINGS = /\/embeddings\//;
const TABLE = /\/encoder\/(rel_embeddings|LayerNorm)/;
const CONV = /\/conv\//;
const HEAD = /^(pooler|classifier)\//;
const block = (index: number) => new RegExp(`/layer_._${index}/`);
const BLOCKS = [0, 1, 2, 3].map(block);

function newModel(changes: DebertaV2ConfigInput = {}): TFDebertaV2ForSequenceClassification {
  return new TFDebertaV2ForSequenceClassification(tinyConfig({ numHiddenLayers: 4, ...changes }), { seed: 3 });
}

function step(model: TFDebertaV2ForSequenceClassification) {
  const inputs = { input_ids: tf.ones([2, 6], 'int32'), labels: tf.tensor1d([0, 1], 'int32') };
  model.setSeed(3);
  return tf.variableGrads(() => model.forward(inputs, { training: true }).loss as tf.Scalar);
}

/** Kernels that a step runs. */
async function kernelsOf(model: TFDebertaV2ForSequenceClassification): Promise<number> {
  return (await tf.profile(() => void step(model))).kernels.length;
}

const CASES: ReadonlyArray<{ options: FreezeOptions; frozen: RegExp[] }> = [
  { options: {}, frozen: [] },
  { options: { embeddings: true }, frozen: [EMBEDDINGS] },
  { options: { layers: 1 }, frozen: [TABLE, CONV, BLOCKS[0]!] },
  { options: { embeddings: true, layers: 2 }, frozen: [EMBEDDINGS, TABLE, CONV, ...BLOCKS.slice(0, 2)] },
  { options: { embeddings: true, layers: 4 }, frozen: [EMBEDDINGS, TABLE, CONV, ...BLOCKS] },
  { options: { layers: 2, relativeEmbeddings: false }, frozen: [CONV, ...BLOCKS.slice(0, 2)] },
  { options: { relativeEmbeddings: true }, frozen: [TABLE] },
];

eachBackend('freeze', () => {
  afterEach(() => tf.disposeVariables());

  test.each(CASES)('$options leaves the others with the gradients they had', ({ options, frozen }) => {
    const model = newModel();
    const expected = step(model).grads;
    freeze(model.deberta, options);
    const isFrozen = (path: string) => frozen.some((part) => part.test(path));
    const paths = model.weights.map(({ originalName }) => originalName);
    expect(model.trainableWeights.map(({ originalName }) => originalName)).toEqual(
      paths.filter((path) => !isFrozen(path)),
    );
    const { grads } = step(model);
    for (const weight of model.weights) {
      if (isFrozen(weight.originalName)) expect(grads[weight.name]).toBeUndefined();
      else expect(grads[weight.name]!).toBeCloseToTensor(expected[weight.name]!, 1e-6);
    }
  });

  test('what was frozen before stays so, until all is trainable again', () => {
    const model = newModel();
    freeze(model.deberta, { layers: 3 });
    freeze(model.deberta, { embeddings: true, layers: 1 });
    const trained = model.trainableWeights.map(({ originalName }) => originalName);
    expect(trained.every((path) => BLOCKS[3]!.test(path) || HEAD.test(path))).toBe(true);
    model.trainable = true;
    expect(model.trainableWeights).toHaveLength(model.weights.length);
  });

  test('the backward pass ends at the lowest block that is trained', async () => {
    const kernels: number[] = [];
    for (const layers of [1, 2, 3, 4]) {
      const model = newModel();
      freeze(model.deberta, { embeddings: true, layers });
      kernels.push(await kernelsOf(model));
    }
    const saved = kernels.slice(1).map((count, index) => kernels[index]! - count);
    expect(saved[0]).toBeGreaterThan(50);
    expect(saved.slice(0, 2)).toEqual([saved[0], saved[0]]);
  });

  test('nothing is kept for the gradient of frozen blocks', async () => {
    const peakOf = (numHiddenLayers: number, layers: number) => {
      const model = newModel({ numHiddenLayers, convKernelSize: 0 });
      freeze(model.deberta, { embeddings: true, layers });
      return peakBytes(() => void step(model));
    };
    // One block is trained in either.
    expect(await peakOf(4, 3)).toBeLessThan(1.02 * (await peakOf(2, 1)));
  });

  test('gradients of embeddings that the caller gives pass frozen blocks', () => {
    const model = newModel();
    freeze(model.deberta, { embeddings: true, layers: 4 });
    const gradient = tf.grad((inputs_embeds) => model.forward({ inputs_embeds }, { training: true }).logits);
    expect(gradient(tf.ones([1, 3, 6])).shape).toEqual([1, 3, 6]);
  });

  test('fit changes what is not frozen, and nothing else', async () => {
    const model = newModel();
    freeze(model.deberta, { embeddings: true, layers: 3 });
    model.compile({ optimizer: tf.train.sgd(0.5) });
    const before = model.getWeights().map((weight) => weight.dataSync().slice());
    await model.fit(tf.ones([2, 6], 'int32'), tf.tensor1d([0, 1], 'int32'), { epochs: 1, verbose: 0 });
    const changed = model.weights.filter((weight, i) => !tf.util.arraysEqual(weight.read().dataSync(), before[i]!));
    expect(changed.some(({ originalName }) => BLOCKS[3]!.test(originalName))).toBe(true);
    expect(changed.every(({ originalName }) => BLOCKS[3]!.test(originalName) || HEAD.test(originalName))).toBe(true);
  });
});

test.each([-1, 5, 1.5, Number.NaN])('layers: %p are refused, and nothing is frozen', (layers) => {
  const model = newModel();
  expect(() => freeze(model.deberta, { embeddings: true, layers })).toThrowDebertaError(
    'usage',
    /from 0 to 4, received/,
  );
  expect(model.trainableWeights).toHaveLength(model.weights.length);
});
