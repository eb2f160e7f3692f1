import { readdir } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import type { DebertaV2ConfigInput } from '../../src/config/config_schema';
import type { Dense } from '../../src/layers/dense';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import { TFDebertaV2ForMultipleChoice } from '../../src/models/multiple_choice';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForQuestionAnswering } from '../../src/models/question_answering';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { AdamWeightDecay } from '../../src/optimizers/adam_weight_decay';
import { useTemporaryFolder } from '../convert/support';
import { eachBackend, randomTensor } from '../harness';
import { tinyConfig } from '../layers/tiny_config';

const WITHOUT_DROPOUT: DebertaV2ConfigInput = {
  hiddenDropoutProb: 0,
  attentionProbsDropoutProb: 0,
  poolerDropout: 0,
};
const INPUTS = { input_ids: [[1, 5, 3, 2]], attention_mask: [[1, 1, 1, 1]] };

/** One that an adapter changes. */
const KERNEL = 'deberta/encoder/layer_._0/attention/self/query_proj/kernel';

const folder = useTemporaryFolder();

function classifier(changes: DebertaV2ConfigInput = WITHOUT_DROPOUT): TFDebertaV2ForSequenceClassification {
  return new TFDebertaV2ForSequenceClassification(tinyConfig(changes), { seed: 1 });
}

const inputs = () =>
  Object.fromEntries(
    Object.entries(INPUTS).map(([name, values]) => [name, tf.tensor2d(values, undefined, 'int32')]),
  ) as {
    input_ids: tf.Tensor2D;
    attention_mask: tf.Tensor2D;
  };

const labels = () => tf.tensor1d([1], 'int32');

function compile(model: TFDebertaV2PreTrainedModel): void {
  model.compile({ optimizer: new AdamWeightDecay({ learningRate: 0.05 }) });
}

/** Gives B values other than 0, so that the additions are not without effect. */
function fillAdditions(model: TFDebertaV2PreTrainedModel): void {
  const added = model.weights.filter(({ originalName }) => originalName.endsWith('lora_B'));
  for (const [index, weight] of added.entries()) weight.write(randomTensor(weight.shape as number[], index + 1));
}

function bits(model: TFDebertaV2PreTrainedModel): Map<string, Float32Array> {
  return new Map(model.weights.map((weight) => [weight.originalName, weight.read().dataSync<'float32'>().slice()]));
}

const predict = (model: TFDebertaV2PreTrainedModel) => model.predict(inputs()) as tf.Tensor;

const trainedNames = (model: TFDebertaV2PreTrainedModel) =>
  model.trainableWeights.map(({ originalName }) => originalName).sort();

eachBackend('a model with LoRA', (backend) => {
  afterEach(() => tf.disposeVariables());

  // The first, since models of other tests compile in the background there.
  test('leaves nothing behind: adding, predicting, training, saving, taking off, merging, disposing', async () => {
    const start = tf.memory().numTensors;
    const model = classifier();
    const [x, y] = [inputs(), labels()];
    const use = () => {
      // On tensorflow, predicting would begin to compile, which keeps what it needs.
      if (backend !== 'tensorflow') tf.dispose(model.predict(x));
      else if (model.adapter !== undefined) model.adapter.mergedKernel(KERNEL);
    };
    compile(model);
    // What is kept by length is kept from here on.
    await model.trainStep(x, y);
    model.optimizer.dispose();
    use();
    model.forward(x).logits.dispose();
    const { numTensors } = tf.memory();
    for (const takeOff of ['removeLora', 'mergeLora'] as const) {
      model.addLora();
      compile(model);
      await model.trainStep(x, y);
      use();
      const kept = tf.memory().numTensors;
      for (let step = 0; step < 3; step++) {
        await model.trainStep(x, y);
        use();
      }
      expect(tf.memory().numTensors).toBe(kept);
      await model.saveAdapter(folder.path);
      expect(tf.memory().numTensors).toBe(kept);
      model[takeOff]();
      model.optimizer.dispose();
      await model.loadAdapter(folder.path);
      use();
      model[takeOff]();
      use();
      expect(tf.memory().numTensors).toBe(numTensors);
    }
    model.addLora();
    use();
    model.dispose();
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(start);
  });

  test('gives at first the same outputs, bit by bit', () => {
    const model = classifier();
    const [forward, predicted] = [model.forward(inputs()).logits, predict(model)];
    model.addLora();
    expect(model.forward(inputs()).logits).toBeCloseToTensor(forward, 0);
    expect(predict(model)).toBeCloseToTensor(predicted, 0);
  });

  test('trains its additions and the head, and leaves all else as it is', async () => {
    const model = classifier();
    model.addLora({ rank: 2 });
    const attention = (layer: number) => `deberta/encoder/layer_._${layer}/attention/self`;
    expect(trainedNames(model)).toEqual([
      'classifier/bias',
      'classifier/kernel',
      ...[0, 1].flatMap((layer) =>
        ['query_proj', 'value_proj'].flatMap((name) => ['A', 'B'].map((m) => `${attention(layer)}/${name}/lora_${m}`)),
      ),
      'pooler/dense/bias',
      'pooler/dense/kernel',
    ]);
    compile(model);
    const before = bits(model);
    // B is 0 in the first step, so that A has no gradient.
    await model.fit(inputs(), labels(), { epochs: 3, verbose: 0 });
    const changed = [...bits(model)].filter(([name, values]) => !tf.util.arraysEqual(values, before.get(name)!));
    expect(changed.map(([name]) => name).sort()).toEqual(trainedNames(model));
  });

  test('predicts what it has learned, after every change of the additions', async () => {
    const model = classifier();
    model.addLora({ targets: ['query_proj', 'key_proj', 'dense'], modulesToSave: [] });
    compile(model);
    for (let step = 0; step < 3; step++) {
      await model.trainOnBatch(inputs(), labels());
      expect(predict(model)).toBeCloseToTensor(model.forward(inputs()).logits);
    }
    fillAdditions(model);
    expect(predict(model)).toBeCloseToTensor(model.forward(inputs()).logits);
  });

  test('is the model it was when the adapter is taken off, trained head included', async () => {
    const model = classifier();
    const before = bits(model);
    model.addLora();
    compile(model);
    await model.fit(inputs(), labels(), { epochs: 2, verbose: 0 });
    model.removeLora();
    expect(bits(model)).toEqual(before);
    expect(model.trainableWeights).toHaveLength(model.weights.length);
  });

  test('counts the kernels it holds for predictions', () => {
    const model = classifier();
    predict(model);
    const { heldBytes } = model.inferenceInfo();
    model.addLora({ targets: ['value_proj'] });
    predict(model);
    expect(model.inferenceInfo().heldBytes).toBe(heldBytes + 2 * 4 * 6 * 6);
  });

  test('saves and loads the adapter bit by bit', async () => {
    const model = classifier();
    model.addLora({ rank: 3, alpha: 5, dropout: 0.25, useRslora: true, targets: ['key_proj', 'output.dense'] });
    fillAdditions(model);
    await model.saveAdapter(folder.path, { baseModel: 'some/model' });
    expect((await readdir(folder.path)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    const again = classifier();
    await again.loadAdapter(folder.join('adapter_model.safetensors'));
    expect(again.lora).toEqual(model.lora);
    expect(bits(again)).toEqual(bits(model));
    expect(predict(again)).toBeCloseToTensor(predict(model), 0);
  });
});

describe('LoRA', () => {
  beforeAll(() => tf.setBackend('cpu'));
  afterEach(() => tf.disposeVariables());

  test('writes itself merged: as an ordinary checkpoint, and as a SavedModel', async () => {
    const model = classifier();
    model.addLora({ targets: ['query_proj', 'dense'] });
    fillAdditions(model);
    const expected = predict(model);
    await model.savePretrained(folder.join('merged'), { mergeAdapter: true, format: 'safetensors' });
    await model.exportSavedModel(folder.join('exported'));
    const options = { config: model.config };
    for (const place of ['merged', 'exported']) {
      const read = await TFDebertaV2ForSequenceClassification.fromPretrained(folder.join(place), options);
      expect(read.loadingInfo).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
      expect(predict(read)).toBeCloseToTensor(expected);
    }
    expect(model.lora).toBeDefined();
    model.mergeLora();
    expect(predict(model)).toBeCloseToTensor(expected);
    expect(model.forward(inputs()).logits).toBeCloseToTensor(expected);
  });

  test('is described', () => {
    const model = classifier();
    expect(model.lora).toBeUndefined();
    model.addLora({ rank: 2, targets: ['value_proj'] });
    expect(model.lora).toEqual({
      rank: 2,
      alpha: 8,
      dropout: 0,
      useRslora: false,
      targets: [0, 1].map((layer) => `deberta.encoder.layer.${layer}.attention.self.value_proj`),
      modulesToSave: ['pooler', 'classifier'],
      trainedParameters: 2 * 2 * (6 + 6) * 1 + (6 * 6 + 6) + (6 * 2 + 2),
    });
  });

  test.each([
    ['masked language model', TFDebertaV2ForMaskedLM, {}, []],
    ['text classifier', TFDebertaV2ForSequenceClassification, {}, ['pooler', 'classifier']],
    ['token classifier', TFDebertaV2ForTokenClassification, {}, ['classifier']],
    ['answers', TFDebertaV2ForQuestionAnswering, {}, ['qa_outputs']],
    ['choices', TFDebertaV2ForMultipleChoice, { numLabels: 1 }, ['pooler', 'classifier']],
  ] as const)('trains the head of a %s by default, if it starts fresh', (_name, modelClass, changes, saved) => {
    const model: TFDebertaV2PreTrainedModel = new modelClass(tinyConfig(changes), { seed: 1 });
    model.addLora();
    expect(model.lora!.modulesToSave).toEqual(saved);
  });

  const layer = 'deberta.encoder.layer';

  test.each<[targets: string[] | RegExp, modulesToSave: string[], expected: string[]]>([
    [['attention.output.dense'], [], [0, 1].map((i) => `${layer}.${i}.attention.output.dense`)],
    [/.*\.layer\.1\..*_proj/, [], ['query', 'key', 'value'].map((name) => `${layer}.1.attention.self.${name}_proj`)],
    [/.*VALUE_PROJ/gi, [], [0, 1].map((i) => `${layer}.${i}.attention.self.value_proj`)],
    [['classifier'], [], ['classifier']],
    // As PEFT has it, what is saved whole is no target.
    [
      ['dense'],
      ['pooler', 'layer.0'],
      ['attention.output.dense', 'intermediate.dense', 'output.dense'].map((name) => `${layer}.1.${name}`),
    ],
    [[`${layer}.1.intermediate.dense`], ['LayerNorm'], [`${layer}.1.intermediate.dense`]],
  ])('takes targets %p, saved %p', (targets, modulesToSave, expected) => {
    const model = classifier();
    model.addLora({ targets, modulesToSave });
    expect(model.lora!.targets).toEqual(expected);
  });

  test('trains the classifier alone, by two vectors', async () => {
    const model = classifier();
    model.addLora({ rank: 1, targets: ['classifier'], modulesToSave: [] });
    expect(trainedNames(model)).toEqual(['classifier/lora_A', 'classifier/lora_B']);
    compile(model);
    const { history } = await model.fit(inputs(), labels(), { epochs: 8, verbose: 0 });
    const losses = history.loss as number[];
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
  });

  test('dropout reaches every target, while training alone', () => {
    const config = { ...WITHOUT_DROPOUT, numHiddenLayers: 1, shareAttKey: false, embeddingSize: 4, typeVocabSize: 0 };
    const models = [
      TFDebertaV2ForMaskedLM,
      TFDebertaV2ForSequenceClassification,
      TFDebertaV2ForTokenClassification,
      TFDebertaV2ForQuestionAnswering,
    ].map((modelClass): TFDebertaV2PreTrainedModel => new modelClass(tinyConfig(config), { seed: 1 }));
    for (const [index, model] of models.entries()) {
      model.addLora({ targets: /.*/, modulesToSave: [] });
      // The encoder is the same in all of them.
      const targets = model.lora!.targets.filter((name) => index === 0 || !name.startsWith('deberta.'));
      model.removeLora();
      for (const target of targets) {
        model.addLora({ targets: [target], dropout: 0.5, modulesToSave: [] });
        fillAdditions(model);
        const output = (training: boolean) => {
          const result: object = model.forward(inputs(), { training });
          return Object.values(result)[0] as tf.Tensor;
        };
        const difference = tf.max(tf.abs(tf.sub(output(true), output(false)))).dataSync()[0]!;
        expect([target, difference > 1e-6]).toEqual([target, true]);
        expect(output(false)).toBeCloseToTensor(predict0(model));
        model.removeLora();
      }
    }
  });

  test('with dropout the relative table is projected whole, so that distances that share a row drop alike', () => {
    const model = classifier({ ...WITHOUT_DROPOUT, numHiddenLayers: 1 });
    const { attention } = model.deberta.encoder.blocks[0]!;
    const inputShapes = (training: boolean) => {
      const spy = jest.spyOn(attention.keyProj as Dense, 'forward');
      model.forward({ input_ids: tf.ones([1, 2], 'int32') }, { training });
      const shapes = spy.mock.calls.map(([x]) => x.shape);
      spy.mockRestore();
      return shapes;
    };
    const [looked, whole] = [
      [4, 6],
      [8, 6],
    ];
    model.addLora({ targets: ['key_proj'], dropout: 0.5 });
    expect(inputShapes(true)).toContainEqual(whole);
    expect(inputShapes(false)).toContainEqual(looked);
  });

  test('the same seed gives the same additions', () => {
    const [a, b] = [classifier(), classifier()];
    for (const model of [a, b]) model.addLora();
    expect(bits(a)).toEqual(bits(b));
    b.setSeed(7);
    b.removeLora();
    b.addLora();
    expect(bits(b)).not.toEqual(bits(a));
  });

  test('what was frozen before is so again, and trainable = true trains the adapter', () => {
    const model = classifier();
    model.freeze({ embeddings: true, layers: 1 });
    const frozen = trainedNames(model);
    model.addLora({ targets: ['value_proj'], modulesToSave: [] });
    const own = trainedNames(model);
    expect(own).toHaveLength(4);
    model.trainable = false;
    expect(trainedNames(model)).toEqual([]);
    model.trainable = true;
    expect(trainedNames(model)).toEqual(own);
    model.removeLora();
    expect(trainedNames(model)).toEqual(frozen);
    model.trainable = false;
    model.addLora();
    expect(trainedNames(model)).not.toEqual([]);
    model.mergeLora();
    expect(trainedNames(model)).toEqual([]);
  });

  test('a compiled model must be compiled again', async () => {
    const model = classifier();
    const fit = () => model.fit(inputs(), labels(), { epochs: 1, verbose: 0 });
    for (const change of [() => model.addLora(), () => model.mergeLora()]) {
      compile(model);
      change();
      await expect(fit).toThrowDebertaError('usage', /call compile again/);
    }
  });

  test.each<[what: string, act: (model: TFDebertaV2ForSequenceClassification) => unknown, message: RegExp]>([
    ['addLora', (model) => model.addLora(), /has one already; merge it by mergeLora/],
    ['loadAdapter', (model) => model.loadAdapter(folder.path), /has one already/],
    ['savePretrained', (model) => model.savePretrained(folder.path), /without mergeAdapter needs a model without/],
    ['save', (model) => model.save('localstorage://model'), /save needs a model without an adapter/],
    ['resizeTokenEmbeddings', (model) => model.resizeTokenEmbeddings(12), /take it off by removeLora first/],
    ['pruneLayers', (model) => model.pruneLayers([0]), /pruneLayers needs a model without/],
    ['keepTokenEmbeddings', (model) => model.keepTokenEmbeddings([0, 1, 2]), /keepTokenEmbeddings needs a model/],
  ])('a second adapter, and what an adapter would not survive, are refused: %s', async (_what, act, message) => {
    const model = classifier();
    model.addLora();
    await expect(async () => act(model)).toThrowDebertaError('usage', message);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('what needs an adapter says so', async () => {
    const model = classifier();
    for (const act of [() => model.removeLora(), () => model.mergeLora(), async () => model.saveAdapter(folder.path)]) {
      await expect(async () => act()).toThrowDebertaError('usage', /needs an adapter on the model, and there is none/);
    }
  });

  test('an adapter is not saved while more is trained than it holds', async () => {
    const model = classifier();
    model.addLora();
    model.deberta.embeddings.trainable = true;
    await expect(() => model.saveAdapter(folder.path)).toThrowDebertaError('usage', /is trained too; name it in/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test.each([
    ['rank', { rank: 0 }, /Option rank .* whole number above 0, received 0/],
    ['rank', { rank: 2.5 }, /received 2.5/],
    ['alpha', { alpha: -1 }, /Option alpha .* number above 0/],
    ['alpha', { alpha: Number.NaN }, /received NaN/],
    ['dropout', { dropout: 1 }, /at least 0 and below 1, received 1/],
    [
      'a target',
      { targets: ['query_project'] },
      /Option targets .* received "query_project"; name some of .*query_proj,/,
    ],
    ['a target that is no dense layer', { targets: ['LayerNorm'] }, /received "LayerNorm"/],
    ['a pattern without a match', { targets: /nothing/ }, /must match a dense layer .* received \/nothing\//],
    ['no target', { targets: [] }, /received \[\]/],
    ['an empty name', { targets: [''] }, /received ""/],
    ['targets that are all saved', { targets: ['classifier'], modulesToSave: ['classifier'] }, /does not name/],
    ['a module', { modulesToSave: ['score'] }, /Option modulesToSave .* received "score"/],
  ])('refuses %s, and leaves the model as it is', (_name, options, message) => {
    const model = classifier();
    expect(() => model.addLora(options)).toThrowDebertaError('usage', message);
    expect(model.lora).toBeUndefined();
    expect(model.trainableWeights).toHaveLength(model.weights.length);
  });
});

/** The first output of `predict`. */
function predict0(model: TFDebertaV2PreTrainedModel): tf.Tensor {
  return [model.predict(inputs())].flat()[0]!;
}
