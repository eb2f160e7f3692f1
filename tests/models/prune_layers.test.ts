import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import { buildWithWeights } from '../../src/layers/deberta_layer';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { eachBackend, randomizeWeights } from '../harness';
import { tinyConfig } from '../layers/tiny_config';
import { MODELS } from './cases';

const LAYERS = 4;
const LAYER = /\/layer_\._(\d+)\//;

function newModel<Model extends TFDebertaV2PreTrainedModel>(
  modelClass: ModelClass<Model>,
  changes: DebertaV2ConfigInput = {},
): Model {
  const model = new modelClass(tinyConfig({ numHiddenLayers: LAYERS, ...changes }), { seed: 5 });
  randomizeWeights(model.deberta);
  return model;
}

/** A model that never had other layers, with the weights of those kept. */
function builtFrom<Model extends TFDebertaV2PreTrainedModel>(model: Model, kept: readonly number[]): Model {
  const weights = new Map(model.weights.map((weight) => [weight.originalName, weight]));
  const nameBefore = (path: string) => path.replace(LAYER, (_, index) => `/layer_._${kept[Number(index)]}/`);
  return buildWithWeights(
    (path) => tf.clone(weights.get(nameBefore(path))!.read()),
    () => new (model.constructor as ModelClass<Model>)(model.config.with({ numHiddenLayers: kept.length })),
  );
}

function inputsOf(model: TFDebertaV2PreTrainedModel) {
  const ids = [1, 5, 3, 2, 1, 7, 2, 0];
  const shape = model.inputs[0]!.shape.length === 3 ? [1, 2, 4] : [2, 4];
  return {
    input_ids: tf.tensor(ids, shape, 'int32'),
    attention_mask: tf.tensor(
      ids.map((id) => Math.sign(id)),
      shape,
      'int32',
    ),
  };
}

function outputsOf(model: TFDebertaV2PreTrainedModel): Record<string, tf.Tensor> {
  return model.forward(inputsOf(model)) as Record<string, tf.Tensor>;
}

function predictionOf(model: TFDebertaV2PreTrainedModel): tf.Tensor {
  const predicted = model.predict(inputsOf(model));
  return Array.isArray(predicted) ? tf.stack(predicted) : predicted;
}

eachBackend('pruneLayers', () => {
  afterEach(() => tf.disposeVariables());

  const architectures = Object.entries(MODELS).map(([name, modelClass]) => ({ name, modelClass }));
  test.each(architectures)('$name is the model it would be had it never had the others', ({ modelClass }) => {
    const model = newModel(modelClass as ModelClass<TFDebertaV2PreTrainedModel>);
    const expected = builtFrom(model, [1, 3]);
    predictionOf(model);
    model.pruneLayers([1, 3]);
    expect(model.weights.map(({ originalName }) => originalName)).toEqual(
      expected.weights.map(({ originalName }) => originalName),
    );
    expect(model.config).toEqual(expected.config);
    expect(model.deberta.encoder.options.numHiddenLayers).toBe(2);
    for (const [name, output] of Object.entries(outputsOf(expected))) {
      expect(outputsOf(model)[name]!).toBeCloseToTensor(output, 0);
    }
    expect(predictionOf(model)).toBeCloseToTensor(predictionOf(expected), 0);
  });

  const choices = [{ kept: [3] }, { kept: [0, 2] }, { kept: [1, 2, 3] }];
  const kinds: [name: string, changes: DebertaV2ConfigInput][] = [
    ['v2, with convolution and positions of its own', { shareAttKey: false }],
    ['v3', { convKernelSize: 0 }],
  ];
  describe.each(kinds)('%s', (_name, changes) => {
    test.each(choices)('keeps $kept', ({ kept }) => {
      const model = newModel(TFDebertaV2ForSequenceClassification, changes);
      const expected = builtFrom(model, kept);
      model.pruneLayers(kept);
      const { logits, hidden_states: states } = model.forward(inputsOf(model), { outputHiddenStates: true });
      const reference = expected.forward(inputsOf(model), { outputHiddenStates: true });
      expect(logits).toBeCloseToTensor(reference.logits, 0);
      expect(states).toHaveLength(kept.length + 1);
      for (const [index, state] of states!.entries()) {
        expect(state).toBeCloseToTensor(reference.hidden_states![index]!, 0);
      }
    });
  });

  test('takes a number and a rule, and can be done again', () => {
    const model = newModel(TFDebertaV2ForSequenceClassification);
    const expected = builtFrom(model, [2]);
    model.pruneLayers({ keep: 2, strategy: 'even' });
    expect(model.config.numHiddenLayers).toBe(2);
    model.pruneLayers({ keep: 1, strategy: 'last' });
    expect(outputsOf(model).logits!).toBeCloseToTensor(outputsOf(expected).logits!, 0);
  });

  test('what it answers changes, and what the others held is released', () => {
    const before = tf.memory().numTensors;
    const model = newModel(TFDebertaV2ForSequenceClassification);
    const whole = predictionOf(model);
    const weights = model.weights.length;
    const ofLayer = model.weights.filter(({ originalName }) => originalName.includes('/layer_._0/')).length;
    const inUse = tf.memory().numTensors;
    const held = inUse - before - weights;
    model.pruneLayers([0, 2]);
    expect(model.weights).toHaveLength(weights - 2 * ofLayer);
    // What was held for predicting goes too.
    expect(tf.memory().numTensors).toBeLessThanOrEqual(inUse - 2 * ofLayer);
    expect(tf.memory().numTensors).toBeGreaterThanOrEqual(inUse - 2 * ofLayer - held);
    const pruned = predictionOf(model);
    expect(tf.max(tf.abs(tf.sub(whole, pruned))).dataSync()[0]).toBeGreaterThan(1e-3);
    tf.dispose([whole, pruned]);
    model.dispose();
  });

  test('dispose leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    const model = newModel(TFDebertaV2ForSequenceClassification);
    model.pruneLayers([1]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a compiled model must be compiled again, and then trains as one that never had the others', async () => {
    const dropouts = { hiddenDropoutProb: 0, attentionProbsDropoutProb: 0, poolerDropout: 0 };
    const model = newModel(TFDebertaV2ForSequenceClassification, dropouts);
    const labels = tf.tensor1d([0, 1], 'int32');
    model.compile({ optimizer: new AdamWeightDecay({ learningRate: 1e-2 }) });
    await model.trainStep(inputsOf(model), labels);
    const expected = builtFrom(model, [0, 3]);
    model.pruneLayers([0, 3]);
    await expect(() => model.trainStep(inputsOf(model), labels)).toThrowDebertaError(
      'usage',
      /pruned .* compile again/,
    );
    const [steps, reference] = await Promise.all(
      [model, expected].map(async (trained) => {
        trained.compile({ optimizer: new AdamWeightDecay({ learningRate: 1e-2 }) });
        return [await trained.trainStep(inputsOf(model), labels), await trained.trainStep(inputsOf(model), labels)];
      }),
    );
    expect(steps).toEqual(reference);
    expect(steps![1]!.loss).not.toBe(steps![0]!.loss);
    expect(outputsOf(model).logits!).toBeCloseToTensor(outputsOf(expected).logits!, 0);
  });

  test('frozen layers stay frozen', () => {
    const model = newModel(TFDebertaV2ForSequenceClassification);
    model.freeze({ layers: 2 });
    model.pruneLayers([1, 2]);
    expect(model.deberta.encoder.blocks.map(({ trainable }) => trainable)).toEqual([false, true]);
    const trained = model.trainableWeights.map(({ originalName }) => originalName);
    expect(trained.some((name) => name.includes('/layer_._0/'))).toBe(false);
    expect(trained.some((name) => name.includes('/layer_._1/'))).toBe(true);
  });

  test('saved it is an ordinary checkpoint', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tfjs-deberta-v2-'));
    try {
      const model = newModel(TFDebertaV2ForSequenceClassification);
      model.pruneLayers([1, 2]);
      await model.savePretrained(folder, { format: 'safetensors' });
      const loaded = await TFDebertaV2ForSequenceClassification.fromPretrained(folder);
      expect(loaded.loadingInfo).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
      expect(loaded.config.numHiddenLayers).toBe(2);
      expect(outputsOf(loaded).logits!).toBeCloseToTensor(outputsOf(model).logits!, 0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('layers that do not exist are refused, and nothing is changed', () => {
    const model = newModel(TFDebertaV2ForSequenceClassification);
    const before = outputsOf(model).logits!;
    expect(() => model.pruneLayers([0, 4])).toThrowDebertaError('usage', /from 0 to 3, each once, received \[0, 4\]/);
    expect(model.config.numHiddenLayers).toBe(LAYERS);
    expect(outputsOf(model).logits!).toBeCloseToTensor(before, 0);
  });
});
