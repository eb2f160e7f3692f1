import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import '../../src/models/register';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import type { CheckpointFormat } from '../../src/convert/checkpoint_format';
import { logger } from '../../src/logger';
import { fileSystem } from '../../src/models/file_system';
import { TFDebertaV2ForMaskedLM } from '../../src/models/masked_lm';
import type { ModelClass, TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { TFDebertaV2ForTokenClassification } from '../../src/models/token_classification';
import { eachBackend } from '../harness';
import { deterministicModel } from '../harness/deterministic_weights';
import {
  configFor,
  FIXTURES,
  type HeadFixture,
  type HeadName,
  MODEL_FIXTURES,
  MODELS,
  type ModelFixture,
  readFixture,
  tensorsOf,
} from './cases';

interface ManifestEntry {
  readonly name: string;
  readonly format: string;
  readonly class: string;
  readonly head: HeadName | 'model';
  readonly case: string;
  readonly expected: string | null;
}

const MANIFEST = readFixture<ManifestEntry[]>('checkpoints', 'manifest.json');
const FORMATS: CheckpointFormat[] = ['tfjs', 'safetensors', 'h5', 'tf2'];
const fixtureOf = (name: string): ModelFixture => MODEL_FIXTURES.find((fixture) => fixture.case === name)!;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deberta-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Compares a model's predictions with a head's fixture. */
function expectPredictions(model: TFDebertaV2PreTrainedModel, fixture: ModelFixture, head: HeadName | 'model') {
  const expected: Partial<HeadFixture> =
    head === 'model' ? { logits: fixture.model.last_hidden_state } : fixture[head]!;
  const inputs = tensorsOf(fixture.inputs, head === 'model' ? undefined : fixture[head]);
  const outputs = [model.predict(inputs)].flat();
  const values = expected.logits ? [expected.logits] : [expected.start_logits!, expected.end_logits!];
  for (const [index, value] of values.entries()) expect(outputs[index]!).toBeCloseToTensor(value);
}

/** Files are read alike on every backend: one of each format shows that their numbers arrive there. */
const isFirstOfFormat = ({ format }: ManifestEntry, index: number) =>
  MANIFEST.findIndex((entry) => entry.format === format) === index;

eachBackend('checkpoints as the reference wrote them', (backend) => {
  const entries = MANIFEST.filter((entry, index) => backend === 'wasm' || isFirstOfFormat(entry, index));
  test.each(entries.map((entry) => [entry.name, entry] as const))(
    '%s gives the reference’s outputs',
    async (name, entry) => {
      const modelClass = MODELS[entry.class] as unknown as ModelClass<TFDebertaV2PreTrainedModel>;
      const progress: number[] = [];
      const model = await modelClass_fromPretrained(modelClass, join(FIXTURES, 'checkpoints', name), progress);
      expect(model.loadingInfo).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
      expect(progress.at(-1)).toBe(1);
      const fixture = fixtureOf(entry.case);
      if (entry.expected === null) {
        expectPredictions(model, fixture, entry.head);
      } else {
        const { logits, last_hidden_state } = readFixture<Record<string, number[][]>>(
          'checkpoints',
          name,
          entry.expected,
        );
        const predicted = model.predict(tensorsOf(fixture.inputs)) as tf.Tensor;
        if (logits !== undefined) expect(predicted).toBeCloseToTensor(logits);
        else {
          // Of the states of padding PyTorch makes something else.
          const tokens = tf.expandDims(tf.tensor2d(fixture.inputs.attention_mask as number[][]), 2);
          expect(tf.mul(predicted, tokens)).toBeCloseToTensor(tf.mul(tf.tensor(last_hidden_state!), tokens));
        }
      }
    },
  );
});

function modelClass_fromPretrained(
  modelClass: ModelClass<TFDebertaV2PreTrainedModel>,
  source: string,
  progress: number[],
): Promise<TFDebertaV2PreTrainedModel> {
  const { fromPretrained } = modelClass as unknown as typeof TFDebertaV2ForSequenceClassification;
  return fromPretrained.call(modelClass as typeof TFDebertaV2ForSequenceClassification, source, {
    onProgress: ({ loaded, total }) => progress.push(loaded / total),
  });
}

eachBackend('saving and loading', () => {
  const GOLDEN_CASES = ['conv_kernel_3', 'own_projections_biased_token_types'];
  const heads = Object.entries({
    model: 'TFDebertaV2Model',
    masked_lm: 'TFDebertaV2ForMaskedLM',
    sequence_classification: 'TFDebertaV2ForSequenceClassification',
    token_classification: 'TFDebertaV2ForTokenClassification',
    question_answering: 'TFDebertaV2ForQuestionAnswering',
    multiple_choice: 'TFDebertaV2ForMultipleChoice',
  }) as Array<[HeadName | 'model', keyof typeof MODELS]>;
  const cases = GOLDEN_CASES.flatMap((name) => heads.map(([head, className]) => [name, head, className] as const));

  test.each(cases)('%s, %s: every format keeps the predictions', async (name, head, className) => {
    const fixture = fixtureOf(name);
    const modelClass = MODELS[className] as unknown as ModelClass<TFDebertaV2PreTrainedModel>;
    const model = deterministicModel(modelClass, configFor(fixture.config, head));
    for (const format of FORMATS) {
      await model.savePretrained(join(folder, format), { format });
      const loaded = await modelClass_fromPretrained(modelClass, join(folder, format), []);
      expect(loaded.config.toJSON()).toEqual({ ...model.config.toJSON(), architectures: expect.anything() });
      expectPredictions(loaded, fixture, head);
    }
    await model.save(fileSystem(join(folder, 'keras')));
    for (const saved of ['tfjs', 'keras']) {
      const opened = (await tf.loadLayersModel(fileSystem(join(folder, saved)))) as TFDebertaV2PreTrainedModel;
      expect(opened).toBeInstanceOf(MODELS[className]);
      expectPredictions(opened, fixture, head);
    }
  });

  test('weights are saved under the names of TensorFlow, whatever else lives in the process', async () => {
    const config = configFor(fixtureOf('conv_kernel_3').config, 'sequence_classification');
    for (const copy of ['first', 'second']) {
      const model = deterministicModel(TFDebertaV2ForSequenceClassification, config);
      const names = model.weights.map((weight) => weight.originalName);
      expect(names).toContain('deberta/encoder/layer_._0/attention/self/query_proj/kernel');
      expect(names).toContain('deberta/encoder/rel_embeddings.weight');
      await model.savePretrained(join(folder, copy));
    }
    const manifests = await Promise.all(
      ['first', 'second'].map(async (copy) => (await fileSystem(join(folder, copy)).load!()).weightSpecs),
    );
    expect(manifests[0]).toEqual(manifests[1]);
  });

  test('a trained model and its labels come back', async () => {
    const fixture = fixtureOf('conv_kernel_3');
    const config = configFor(fixture.config, 'sequence_classification').with({
      id2label: { 0: 'NOT_SPAM', 1: 'SpamMail', 2: 'x_y' },
    });
    const model = new TFDebertaV2ForSequenceClassification(config, { seed: 1 });
    const x = tensorsOf(fixture.inputs);
    model.compile({ optimizer: tf.train.adam(1e-2) });
    await model.fit(x, tf.tensor1d([1, 0], 'int32'), { epochs: 2, verbose: 0 });
    await model.savePretrained(folder);
    const loaded = await TFDebertaV2ForSequenceClassification.fromPretrained(folder);
    expect(loaded.config.id2label).toEqual({ 0: 'NOT_SPAM', 1: 'SpamMail', 2: 'x_y' });
    expect(loaded.predict(x) as tf.Tensor).toBeCloseToTensor(model.predict(x) as tf.Tensor, 0);
    const opened = (await tf.loadLayersModel(fileSystem(folder))) as TFDebertaV2ForSequenceClassification;
    expect(opened.config.id2label).toEqual(loaded.config.id2label);
  });
});

describe('loading what does not quite fit', () => {
  const checkpoint = (name: string) => join(FIXTURES, 'checkpoints', name);
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
    jest.spyOn(logger, 'warn').mockImplementation((message: string) => void warnings.push(message));
  });
  afterEach(() => jest.restoreAllMocks());

  test('a head the checkpoint lacks starts fresh, with a warning by name', async () => {
    const model = await TFDebertaV2ForTokenClassification.fromPretrained(checkpoint('h5_model'), { numLabels: 5 });
    expect(model.loadingInfo.missingKeys).toEqual(['classifier.weight', 'classifier.bias']);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/classifier\.weight, classifier\.bias are not in .* newly initialised; train/);
    const logits = model.predict(tf.tensor2d([[1, 7, 2]], undefined, 'int32')) as tf.Tensor;
    expect(logits.shape).toEqual([1, 3, 5]);
  });

  test('a head of another size is refused, or left out on request', async () => {
    const source = checkpoint('h5_sequence_classification');
    await expect(() =>
      TFDebertaV2ForSequenceClassification.fromPretrained(source, { numLabels: 7 }),
    ).toThrowDebertaError('checkpoint', /classifier/);
    const options = { numLabels: 7, ignoreMismatchedSizes: true };
    const model = await TFDebertaV2ForSequenceClassification.fromPretrained(source, options);
    expect(model.loadingInfo.mismatchedKeys.map(({ name }) => name)).toEqual(['classifier.weight', 'classifier.bias']);
    expect(model.config.id2label[6]).toBe('LABEL_6');
    expect(warnings[0]).toMatch(/classifier\.weight/);
  });

  test('weights the model has no use for are listed', async () => {
    const model = await TFDebertaV2ForMaskedLM.fromPretrained(checkpoint('h5_masked_lm'));
    expect(model.loadingInfo.unexpectedKeys).toEqual([]);
    const other = await TFDebertaV2ForMaskedLM.fromPretrained(checkpoint('h5_sequence_classification'));
    expect(other.loadingInfo.unexpectedKeys).toHaveLength(4);
    expect(other.loadingInfo.missingKeys.every((name) => name.startsWith('cls.predictions.'))).toBe(true);
  });

  test('a failed load leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const config = configFor(fixtureOf('conv_kernel_3').config, 'model').with({ numHiddenLayers: 3 });
    const load = () => TFDebertaV2ForMaskedLM.fromPretrained(checkpoint('h5_masked_lm'), { config });
    await expect(load).toThrowDebertaError('checkpoint', /missing|lacks|not/);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('saving into a folder keeps what else is there', async () => {
    const model = new TFDebertaV2ForSequenceClassification(new DebertaV2Config(TINY));
    await model.savePretrained(folder);
    await model.savePretrained(folder, { format: 'safetensors' });
    expect((await readdir(folder)).sort()).toEqual([
      'config.json',
      'group1-shard1of1.bin',
      'model.json',
      'model.safetensors',
    ]);
  });
});

const TINY = {
  vocabSize: 9,
  hiddenSize: 4,
  numHiddenLayers: 1,
  numAttentionHeads: 1,
  intermediateSize: 4,
  maxPositionEmbeddings: 4,
};
