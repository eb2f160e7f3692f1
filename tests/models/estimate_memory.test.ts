import * as tf from '@tensorflow/tfjs';
import { ACTIVATION_NAMES, type DebertaV2ConfigInput } from '../../src/config/config_schema';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { lower } from '../../src/inference/lower';
import { OpsExecutor } from '../../src/inference/ops_executor';
import { estimateMemory } from '../../src/models/estimate_memory';
import { freeze } from '../../src/models/freeze';
import { memoryAdvice } from '../../src/models/memory_advice';
import type { MemoryOptions } from '../../src/models/memory_options';
import type { ModelInputs } from '../../src/models/model_inputs';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { useBackend } from '../../src/runtime/use_backend';
import { eachBackend, peakBytes } from '../harness';
import { MODELS } from './cases';

const CONFIG = new DebertaV2Config({
  vocabSize: 100,
  hiddenSize: 32,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  intermediateSize: 128,
  relativeAttention: true,
  positionBuckets: 32,
  posAttType: 'p2c|c2p',
  shareAttKey: true,
  normRelEbd: 'layer_norm',
  positionBiasedInput: false,
});

interface Case extends MemoryOptions {
  readonly about: string;
  readonly changes?: DebertaV2ConfigInput;
  /** Whether every backend is measured, and not wasm alone: plain JavaScript takes seconds for a step. */
  readonly everywhere?: boolean;
}

const STEPS: readonly Case[] = [
  { about: 'short texts', batch: 2, length: 16, everywhere: true },
  { about: 'many texts', batch: 12, length: 8 },
  { about: 'long texts', batch: 1, length: 64 },
  { about: 'short texts, recomputed', batch: 2, length: 16, gradientCheckpointing: true, everywhere: true },
  { about: 'long texts, recomputed', batch: 1, length: 64, gradientCheckpointing: true },
  { about: 'more layers', batch: 2, length: 16, changes: { numHiddenLayers: 6 } },
  {
    about: 'more layers, recomputed',
    batch: 2,
    length: 16,
    changes: { numHiddenLayers: 6 },
    gradientCheckpointing: true,
  },
  { about: 'own projections', batch: 1, length: 32, changes: { shareAttKey: false } },
  {
    about: 'no dropout',
    batch: 2,
    length: 24,
    changes: { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0 },
  },
  { about: 'a table shorter than the texts', batch: 1, length: 32, changes: { positionBuckets: 8 } },
  { about: 'content-to-position alone', batch: 1, length: 32, changes: { posAttType: 'c2p' } },
  { about: 'no relative terms', batch: 1, length: 32, changes: { posAttType: [] } },
  { about: 'convolution', batch: 1, length: 32, changes: { convKernelSize: 3 } },
  {
    about: 'absolute positions and types',
    batch: 2,
    length: 24,
    changes: { positionBiasedInput: true, typeVocabSize: 2 },
  },
  { about: 'narrow embeddings', batch: 2, length: 24, changes: { embeddingSize: 12 } },
  {
    about: 'a masked-LM head',
    batch: 2,
    length: 16,
    changes: { vocabSize: 900 },
    architecture: 'TFDebertaV2ForMaskedLM',
  },
  {
    about: 'a masked-LM head, recomputed',
    batch: 2,
    length: 16,
    changes: { vocabSize: 900 },
    architecture: 'TFDebertaV2ForMaskedLM',
    gradientCheckpointing: true,
  },
  {
    about: 'the enhanced mask decoder',
    batch: 2,
    length: 16,
    changes: { vocabSize: 900, legacy: false, enhancedMaskDecoder: true },
    architecture: 'TFDebertaV2ForMaskedLM',
  },
  {
    about: 'the enhanced mask decoder, recomputed',
    batch: 2,
    length: 16,
    changes: { vocabSize: 900, legacy: false, enhancedMaskDecoder: true },
    architecture: 'TFDebertaV2ForMaskedLM',
    gradientCheckpointing: true,
  },
  { about: 'replaced tokens', batch: 1, length: 32, architecture: 'TFDebertaV2ForReplacedTokenDetection' },
  { about: 'labels of tokens', batch: 1, length: 32, architecture: 'TFDebertaV2ForTokenClassification' },
  { about: 'spans', batch: 1, length: 32, architecture: 'TFDebertaV2ForQuestionAnswering' },
  { about: 'a large vocabulary', batch: 1, length: 8, changes: { vocabSize: 9000 }, everywhere: true },
  { about: 'a large vocabulary, sgd', batch: 1, length: 8, changes: { vocabSize: 9000 }, optimizer: 'sgd' },
  { about: 'a large vocabulary, adam', batch: 1, length: 8, changes: { vocabSize: 9000 }, optimizer: 'adam' },
  { about: 'accumulation', batch: 1, length: 8, accumulation: 2, everywhere: true },
  { about: 'a frozen layer', batch: 2, length: 24, frozen: { embeddings: true, layers: 1 } },
  { about: 'every layer frozen', batch: 2, length: 24, frozen: { embeddings: true, layers: 2 } },
  { about: 'frozen embeddings', batch: 1, length: 8, changes: { vocabSize: 9000 }, frozen: { embeddings: true } },
];

const PREDICTIONS: readonly Case[] = [
  { about: 'short texts', batch: 2, length: 16 },
  { about: 'many texts', batch: 12, length: 8 },
  { about: 'long texts', batch: 1, length: 64 },
  { about: 'content-to-position alone', batch: 1, length: 32, changes: { posAttType: 'c2p' } },
  {
    about: 'a masked-LM head',
    batch: 2,
    length: 16,
    changes: { vocabSize: 900 },
    architecture: 'TFDebertaV2ForMaskedLM',
  },
];

function newModel({ changes = {}, architecture = 'TFDebertaV2ForSequenceClassification', ...options }: Case) {
  const config = CONFIG.with(changes);
  const model: TFDebertaV2PreTrainedModel = new MODELS[architecture]!(config, { seed: 1 });
  model.deberta.encoder.gradientCheckpointing = options.gradientCheckpointing ?? false;
  freeze(model.deberta, options.frozen ?? {});
  return { model, estimate: estimateMemory(config, { architecture, ...options }) };
}

function newOptimizer({ optimizer = 'adamw', accumulation = 1 }: Case): tf.Optimizer {
  if (optimizer === 'sgd') return tf.train.sgd(0.1);
  return optimizer === 'adam' ? tf.train.adam() : new AdamWeightDecay({ accumulationSteps: accumulation, clipNorm: 1 });
}

/** Labels of any task: all 1. */
function inputsFor({ batch, length, architecture }: Case) {
  const labels = architecture === undefined ? tf.ones([batch], 'int32') : tf.ones([batch, length], 'int32');
  const positions = tf.ones([batch], 'int32');
  const spans = { start_positions: positions, end_positions: positions };
  return {
    input_ids: tf.ones([batch, length], 'int32'),
    ...(architecture === 'TFDebertaV2ForQuestionAnswering' ? spans : { labels }),
  };
}

function gradientsOf(model: TFDebertaV2PreTrainedModel, inputs: ModelInputs): tf.NamedTensorMap {
  const loss = () => (model.forward(inputs, { training: true }) as { loss: tf.Scalar }).loss;
  return tf.variableGrads(loss, variablesOf(model)).grads;
}

function variablesOf(model: TFDebertaV2PreTrainedModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}

/** An estimate that is off by at most 15 %. */
function expectToBeClose(estimate: number, measured: number): void {
  expect([estimate, measured, Math.abs(estimate / measured - 1) <= 0.15]).toEqual([estimate, measured, true]);
}

eachBackend('estimateMemory is right within 15 %', (backend) => {
  afterEach(() => tf.disposeVariables());

  test.each(STEPS.filter(({ everywhere }) => everywhere || backend === 'wasm'))(
    'for a training step: $about',
    async (options) => {
      const { model, estimate } = newModel(options);
      const inputs = inputsFor(options);
      const optimizer = newOptimizer(options);
      const train = () => tf.tidy(() => optimizer.applyGradients(gradientsOf(model, inputs)));
      const before = tf.memory().numBytes;
      // The optimizer's state is made in the first step and there from the second on.
      for (let call = 0; call < (options.accumulation ?? 1); call++) train();
      const state = tf.memory().numBytes - before;
      let peak = 0;
      for (let call = 0; call < (options.accumulation ?? 1); call++) peak = Math.max(peak, await peakBytes(train));
      const { weights, gradients, total } = estimate;
      expect(weights).toBe(4 * model.numParameters());
      expect(gradients).toBe(4 * variablesOf(model).reduce((sum, { size }) => sum + size, 0));
      expectToBeClose(total, weights + state + peak);
    },
  );
});

describe('estimateMemory of a step with SiFT is right within 15 %', () => {
  beforeAll(() => useBackend('wasm'));
  afterEach(() => tf.disposeVariables());

  test.each<Case>([
    { about: 'short texts', batch: 2, length: 16 },
    { about: 'more layers', batch: 2, length: 32, changes: { numHiddenLayers: 4 } },
    { about: 'recomputed', batch: 2, length: 32, changes: { numHiddenLayers: 4 }, gradientCheckpointing: true },
    { about: 'a frozen layer', batch: 2, length: 24, frozen: { embeddings: true, layers: 1 } },
    { about: 'labels of tokens', batch: 1, length: 32, architecture: 'TFDebertaV2ForTokenClassification' },
  ])('$about', async ({ batch, length, ...options }) => {
    const { model, estimate } = newModel({ batch, length, ...options, sift: true });
    model.compile({ optimizer: new AdamWeightDecay({ clipNorm: 1 }), sift: {} });
    const { input_ids: x, labels } = inputsFor({ batch, length, ...options }) as {
      input_ids: tf.Tensor;
      labels: tf.Tensor;
    };
    const before = tf.memory().numBytes;
    await model.trainStep(x, labels);
    const held = tf.memory().numBytes;
    const { peakBytes: peak } = await tf.profile(() => model.trainStep(x, labels) as never);
    expectToBeClose(estimate.total, estimate.weights + (held - before) + (peak - held));
  });
});

// On tensorflow predict runs in a session, and on wasm by kernels, whose memory tfjs does not see; the operations are those
// of cpu and webgl.
describe('estimateMemory of predict is right within 15 % for operations', () => {
  beforeAll(() => useBackend('wasm', { kernels: false }));
  afterEach(() => tf.disposeVariables());

  test.each(PREDICTIONS)('$about', async ({ batch, length, ...options }) => {
    const { model, estimate } = newModel({ batch, length, ...options, backend: 'cpu', training: false });
    const variables = new Map(model.weights.map((weight) => [weight.originalName, weight]));
    const program = lower((model.constructor as ModelClass<typeof model>).className, model.config);
    const executor = new OpsExecutor(program, (name) => variables.get(name)!.read());
    const inputIds = tf.ones<tf.Rank.R2>([batch, length], 'int32');
    const peak = await peakBytes(() => executor.run({ inputIds }));
    expect(estimate).toEqual({ ...estimate, gradients: 0, optimizer: 0 });
    expectToBeClose(estimate.total, estimate.weights + peak);
    executor.dispose();
    model.dispose();
  });
});

describe('estimateMemory of predict is right within 15 % for the kernels of wasm', () => {
  beforeAll(() => useBackend('wasm'));
  afterEach(() => tf.disposeVariables());

  const LARGER = { hiddenSize: 128, intermediateSize: 512 };
  test.each<Case>([
    { about: 'short texts', batch: 8, length: 64, changes: LARGER },
    { about: 'long texts', batch: 2, length: 300, changes: LARGER },
    { about: 'more texts than are computed together', batch: 80, length: 64, changes: LARGER },
    { about: 'content-to-position alone', batch: 8, length: 64, changes: { ...LARGER, posAttType: 'c2p' } },
    {
      about: 'a masked-LM head',
      batch: 2,
      length: 64,
      changes: { ...LARGER, vocabSize: 3000 },
      architecture: 'TFDebertaV2ForMaskedLM',
    },
  ])('$about', ({ batch, length, ...options }) => {
    const { model, estimate } = newModel({ batch, length, ...options, training: false });
    tf.dispose(model.predictOnBatch(tf.ones([batch, length], 'int32')));
    expectToBeClose(estimate.activations, model.inferenceInfo().heldBytes);
    model.dispose();
  });
});

describe('estimateMemory', () => {
  const V3_BASE = new DebertaV2Config({
    hiddenSize: 768,
    numHiddenLayers: 12,
    numAttentionHeads: 12,
    intermediateSize: 3072,
    relativeAttention: true,
    positionBuckets: 256,
    posAttType: 'p2c|c2p',
    shareAttKey: true,
    normRelEbd: 'layer_norm',
    positionBiasedInput: false,
  });

  test('of a published model, in all its parts', () => {
    const { weights, gradients, optimizer, activations, total } = estimateMemory(V3_BASE, { batch: 8, length: 128 });
    expect(weights).toBe(4 * 184_423_682);
    expect(gradients).toBe(weights);
    expect(optimizer).toBe(2 * weights);
    expect(activations).toBeGreaterThan(1e9);
    expect(total).toBe(weights + gradients + optimizer + activations);
  });

  test.each<[about: string, less: Partial<MemoryOptions>]>([
    ['checkpointing', { gradientCheckpointing: true }],
    ['a smaller batch', { batch: 4 }],
    ['shorter texts', { length: 64 }],
    ['frozen embeddings', { frozen: { embeddings: true } }],
    ['frozen layers', { frozen: { embeddings: true, layers: 6 } }],
    ['an optimizer without state', { optimizer: 'sgd' }],
    ['prediction', { training: false }],
  ])('%s needs less', (_about, less) => {
    const more = { batch: 32, length: 256 };
    expect(estimateMemory(V3_BASE, { ...more, ...less }).total).toBeLessThan(estimateMemory(V3_BASE, more).total);
  });

  test('of few short texts AdamW needs the most, but for TensorFlow, where it works in place', () => {
    const inPlace = estimateMemory(V3_BASE, { batch: 1, length: 8, backend: 'tensorflow' });
    const elsewhere = estimateMemory(V3_BASE, { batch: 1, length: 8, backend: 'cpu' });
    expect(elsewhere.activations).toBe(6 * 4 * 128_100 * 768);
    expect(inPlace).toEqual({ ...elsewhere, activations: elsewhere.activations / 6, total: inPlace.total });
  });

  test("AdamW needs less with this package's kernels on wasm", async () => {
    await useBackend('wasm', { kernels: false });
    const largest = 4 * 128_100 * 768;
    expect(estimateMemory(V3_BASE, { batch: 1, length: 8 }).activations).toBe(6 * largest);
    await useBackend('wasm');
    expect(estimateMemory(V3_BASE, { batch: 1, length: 8 }).activations).toBe(4 * largest);
  });

  test.each<[MemoryOptions, RegExp]>([
    [{ batch: 0, length: 8 }, /a batch of at least 1, received 0/],
    [{ batch: 1, length: 2.5 }, /a length of at least 1, received 2.5/],
    [{ batch: Number.NaN, length: 1 }, /a batch of at least 1, received NaN/],
    [{ batch: 1, length: 1, accumulation: -1 }, /an? accumulation of at least 1, received -1/],
  ])('refuses %j', (options, message) => {
    expect(() => estimateMemory(CONFIG, options)).toThrowDebertaError('usage', message);
  });
});

describe('memoryAdvice', () => {
  const changesFor = (options: MemoryOptions) => memoryAdvice(CONFIG, options).map(({ change }) => change);

  test('names what helps, with what is needed then', () => {
    const options = { batch: 9, length: 65 };
    const [first, second, third] = memoryAdvice(CONFIG, options);
    expect(first).toEqual({
      change: 'gradient checkpointing',
      total: estimateMemory(CONFIG, { ...options, gradientCheckpointing: true }).total,
    });
    expect(second).toEqual({
      change: 'batches of 4 with accumulation over 3',
      total: estimateMemory(CONFIG, { ...options, batch: 4, accumulation: 3 }).total,
    });
    expect(third).toEqual({
      change: 'texts of 32 tokens',
      total: estimateMemory(CONFIG, { ...options, length: 32 }).total,
    });
  });

  test.each<[about: string, options: MemoryOptions, changes: string[]]>([
    ['prediction', { batch: 4, length: 64, training: false }, ['batches of 2', 'texts of 32 tokens']],
    ['one short text', { batch: 1, length: 16, training: false }, []],
    [
      'what is done already',
      { batch: 4, length: 32, gradientCheckpointing: true, frozen: { embeddings: true } },
      ['batches of 2 with accumulation over 2'],
    ],
  ])('%s', (_about, options, changes) => {
    expect(changesFor(options)).toEqual(changes);
  });

  test('where the vocabulary is what weighs, its embeddings can be frozen', () => {
    const config = CONFIG.with({ vocabSize: 100_000 });
    const changes = memoryAdvice(config, { batch: 1, length: 8 }).map(({ change }) => change);
    expect(changes).toEqual(['frozen embeddings']);
  });
});

test.each(ACTIVATION_NAMES)('the estimate knows the activation %s', async (hiddenAct) => {
  await useBackend('wasm');
  const options = { about: '', batch: 4, length: 8, changes: { hiddenAct, intermediateSize: 256 } };
  const { model, estimate } = newModel(options);
  const inputs = inputsFor(options);
  const peak = await peakBytes(() => tf.tidy(() => void gradientsOf(model, inputs)));
  expectToBeClose(estimate.gradients + estimate.activations, peak);
  model.dispose();
});
