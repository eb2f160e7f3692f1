import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { encodeSafetensorsHeader } from '../../src/convert/safetensors/encode_safetensors_header';
import { openSafetensors } from '../../src/convert/safetensors/safetensors_reader';
import type { TFDebertaV2PreTrainedModel } from '../../src/models/pretrained_model';
import { TFDebertaV2ForSequenceClassification } from '../../src/models/sequence_classification';
import { localFolder } from '../../src/sources/local_folder';
import { useTemporaryFolder } from '../convert/support';
import { recordedLogs } from '../harness/recorded_logs';
import {
  adaptedModel,
  baseModel,
  expectOutputs,
  LORA_NAMES,
  type LoraName,
  loraFolder,
  outputsOf,
  readLora,
} from './lora_cases';

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
const QUERY_A = 'base_model.model.deberta.encoder.layer.0.attention.self.query_proj.lora_A.weight';
const QUERY_B = QUERY_A.replace('lora_A', 'lora_B');

interface FileTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const folder = useTemporaryFolder();

beforeAll(() => tf.setBackend('cpu'));
afterEach(() => tf.disposeVariables());

async function readTensors(path: string): Promise<Map<string, FileTensor>> {
  const reader = await openSafetensors(localFolder(path), WEIGHTS);
  const tensors = new Map<string, FileTensor>();
  for (const [name, { shape }] of reader.tensors) tensors.set(name, { shape, values: await reader.read(name) });
  await reader.close();
  return tensors;
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(`${path}/${CONFIG}`, 'utf8'));
}

/** The adapter `shared` with other fields, and other tensors. */
async function writeVariant(
  fields: Record<string, unknown>,
  change: (tensors: Map<string, FileTensor>) => void = () => {},
): Promise<void> {
  const place = loraFolder('shared');
  await writeFile(folder.join(CONFIG), JSON.stringify({ ...(await readConfig(place)), ...fields }));
  const tensors = await readTensors(place);
  change(tensors);
  const header = [...tensors].map(([name, { shape, values }]) => {
    return { name, dtype: 'F32' as const, shape, bytes: values.byteLength };
  });
  const numbers = [...tensors.values()].map(({ values }) => Buffer.from(values.buffer, 0, values.byteLength));
  await writeFile(folder.join(WEIGHTS), Buffer.concat([encodeSafetensorsHeader(header), ...numbers]));
}

const zeros = (...shape: number[]): FileTensor => ({ shape, values: new Float32Array(tf.util.sizeFromShape(shape)) });

/** Tries to load what the temporary folder holds; the model must be as it was. */
async function expectRefused(message: RegExp, model = baseModel(readLora('shared'))): Promise<void> {
  const { numTensors } = tf.memory();
  const trained = model.trainableWeights.length;
  await expect(() => model.loadAdapter(folder.path)).toThrowDebertaError('checkpoint', message);
  expect(model.lora).toBeUndefined();
  expect(model.trainableWeights).toHaveLength(trained);
  expect(tf.memory().numTensors).toBe(numTensors);
}

describe('an adapter is refused', () => {
  test.each<[name: string, fields: Record<string, unknown>, message: RegExp]>([
    [
      'of another method',
      { peft_type: 'IA3' },
      /Field peft_type of .* must be "LORA", received "IA3"; this package has/,
    ],
    ['of no method', { peft_type: undefined }, /Field peft_type .* received undefined/],
    [
      'for another task',
      { task_type: 'TOKEN_CLS' },
      /Field task_type .* "SEQ_CLS", received "TOKEN_CLS"; the model is TF/,
    ],
    ['for generation', { task_type: 'CAUSAL_LM' }, /received "CAUSAL_LM"/],
    ['that trains biases', { bias: 'lora_only' }, /Field bias .* must be "none" .* received "lora_only"/],
    ['with transposed kernels', { fan_in_fan_out: true }, /Field fan_in_fan_out .* not supported; merge it with PEFT/],
    ['of DoRA', { use_dora: true }, /Field use_dora/],
    ['with biases of its own', { lora_bias: true }, /Field lora_bias/],
    ['with ranks by layer', { rank_pattern: { query_proj: 4 } }, /Field rank_pattern .* received {"query_proj":4}/],
    ['with alphas by layer', { alpha_pattern: { query_proj: 4 } }, /Field alpha_pattern/],
    ['with repeated layers', { layer_replication: [[0, 1]] }, /Field layer_replication/],
    ['with rows of tokens', { trainable_token_indices: [3] }, /Field trainable_token_indices/],
    [
      'that changed the base model',
      { init_lora_weights: 'pissa' },
      /Field init_lora_weights .* received "pissa"; such a/,
    ],
    ['of rank 0', { r: 0 }, /\(r: .*\)/],
    ['without rank', { r: undefined }, /\(r: /],
    ['with alpha as a text', { lora_alpha: '8' }, /\(lora_alpha: /],
    ['with dropout of everything', { lora_dropout: 1 }, /\(lora_dropout: /],
    ['without targets', { target_modules: null }, /\(target_modules: /],
    ['of another rank', { r: 8 }, /query_proj.lora_A.weight .* must have shape \[8,12\] .* received \[4,12\]/],
    ['that lacks a target', { target_modules: ['query_proj', 'key_proj', 'value_proj'] }, /lacks .*key_proj.lora_A/],
    [
      'that lacks what is saved',
      { modules_to_save: ['classifier', 'conv'] },
      /lacks base_model.model.deberta.encoder.conv/,
    ],
  ])('%s', async (_name, fields, message) => {
    await writeVariant(fields);
    await expectRefused(message);
  });

  test.each<[name: string, change: (tensors: Map<string, FileTensor>) => void, message: RegExp]>([
    [
      'with a tensor of a layer too many',
      (tensors) => tensors.set(QUERY_A.replace('layer.0', 'layer.2'), zeros(4, 12)),
      /holds .*layer\.2.*, for which TFDebertaV2ForSequenceClassification of 2 layers has no place; .* another model/,
    ],
    ['with a tensor of no known name', (tensors) => tensors.set('lora_A', zeros(4, 12)), /holds lora_A, for which/],
    [
      'with an addition to an embedding',
      (tensors) => tensors.set('base_model.model.deberta.embeddings.word_embeddings.lora_embedding_A', zeros(4, 50)),
      /lora_embedding_A, for which/,
    ],
    ['without one of its matrices', (tensors) => tensors.delete(QUERY_B), /lacks .*query_proj.lora_B.weight, which/],
    ['without matrices', (tensors) => tensors.clear(), /lacks base_model/],
    [
      'of another width',
      (tensors) => tensors.set(QUERY_A, zeros(4, 768)),
      /must have shape \[4,12\] .* received \[4,768\]; the adapter belongs to another model/,
    ],
    ['of another rank of axes', (tensors) => tensors.set(QUERY_B, zeros(48)), /shape \[12,4\] .* received \[48\]/],
    [
      'for another number of labels',
      (tensors) => tensors.set('base_model.model.classifier.weight', zeros(5, 12)),
      /classifier.weight .* must have shape \[3,12\] .* received \[5,12\]/,
    ],
  ])('%s', async (_name, change, message) => {
    await writeVariant({}, change);
    await expectRefused(message);
  });

  test.each<[name: string, model: () => TFDebertaV2PreTrainedModel, message: RegExp]>([
    ['more layers', () => baseModel(readLora('shared'), { num_hidden_layers: 3 }), /lacks .*layer\.2/],
    ['fewer layers', () => baseModel(readLora('shared'), { num_hidden_layers: 1 }), /holds .*layer\.1/],
    ['another width', () => baseModel(readLora('shared'), { hidden_size: 16 }), /must have shape \[4,16\]/],
    ['another head', () => baseModel(readLora('own_projections')), /task_type/],
  ])('on a model of %s', async (_name, model, message) => {
    await cp(loraFolder('shared'), folder.path, { recursive: true });
    await expectRefused(message, model());
  });

  test.each<[name: string, change: () => Promise<void>, message: RegExp]>([
    ['without its description', () => rm(folder.join(CONFIG)), /must hold adapter_config.json, as PEFT/],
    ['without its tensors', () => rm(folder.join(WEIGHTS)), /must hold adapter_model.safetensors or adapter_model.bin/],
    ['whose description is no JSON', () => writeFile(folder.join(CONFIG), '{'), /must be JSON and is not/],
    ['whose description is no object', () => writeFile(folder.join(CONFIG), 'null'), /Field peft_type/],
    ['whose tensors are cut short', () => writeFile(folder.join(WEIGHTS), 'short'), /adapter_model.safetensors/],
  ])('%s', async (_name, change, message) => {
    await writeVariant({});
    await change();
    await expectRefused(message);
  });
});

test('fields that are not known are named in a warning, and those without effect are not', async () => {
  await writeVariant({ some_new_option: 3, another: { a: 1 }, unset: false, runtime_config: { offload: true } });
  const model = baseModel(readLora('shared'));
  const logs = await recordedLogs(() => model.loadAdapter(folder.path));
  expect(logs).toEqual([expect.stringMatching(/takes no notice of: some_new_option, another\.$/)]);
});

test('an adapter of an old version, a pickle, gives the same outputs', async () => {
  const fixture = readLora('classifier');
  const model = baseModel(fixture);
  await model.loadAdapter(loraFolder('pickled'));
  expectOutputs(outputsOf(model, fixture), fixture.outputs);
});

/** Fields of PEFT's file that only say that nothing is set, and may be left out. */
const isUnset = (value: unknown) => value === null || value === false;

test.each<LoraName>([...LORA_NAMES])('what PEFT wrote is written again, bit by bit: %s', async (name) => {
  const model = await adaptedModel(name);
  await model.saveAdapter(folder.path);
  expect((await readdir(folder.path)).sort()).toEqual([CONFIG, WEIGHTS]);
  expect(await readTensors(folder.path)).toEqual(await readTensors(loraFolder(name)));
  expect(await readConfig(folder.path)).toEqual(await readConfig(loraFolder(name)));
});

test('an adapter of our own has the fields of PEFT’s that say something', async () => {
  const model = baseModel(readLora('shared'));
  model.addLora({ rank: 4, alpha: 8, modulesToSave: ['pooler', 'classifier'] });
  await model.saveAdapter(folder.path, { baseModel: 'microsoft/deberta-v3-small' });
  const { peft_version: _version, ...theirs } = await readConfig(loraFolder('shared'));
  const ours = await readConfig(folder.path);
  expect(ours).toMatchObject({
    base_model_name_or_path: 'microsoft/deberta-v3-small',
    target_modules: ['query_proj', 'value_proj'],
  });
  // `score` is the head of other models.
  const expected = {
    ...theirs,
    base_model_name_or_path: ours.base_model_name_or_path,
    modules_to_save: ['pooler', 'classifier'],
  };
  const said = Object.entries(expected).filter(([field, value]) => field in ours || !isUnset(value));
  const withoutEffect = ['loftq_config', 'megatron_core', 'qalora_group_size'];
  expect(ours).toEqual(Object.fromEntries(said.filter(([field]) => !withoutEffect.includes(field))));
});

test.each<[modulesToSave: string[], taskType: string | null]>([
  [['classifier'], 'SEQ_CLS'],
  // PEFT would look for a classifier in the file, and take none for a target.
  [[], null],
])('the task is named where its classifier is saved: %p', async (modulesToSave, taskType) => {
  const model = baseModel(readLora('shared'));
  model.addLora({ targets: ['query_proj'], modulesToSave });
  await model.saveAdapter(folder.path);
  expect(await readConfig(folder.path)).toMatchObject({ task_type: taskType });
});

test('fromPretrained puts an adapter on, and does not call what it brings missing', async () => {
  const { config, ...fixture } = readLora('shared');
  const encoder = baseModel({ ...fixture, config, head: 'model' });
  await encoder.savePretrained(folder.join('base'));
  const options = { adapter: loraFolder('shared'), numLabels: 3 };
  const logs = await recordedLogs(async () => {
    const model = await TFDebertaV2ForSequenceClassification.fromPretrained(folder.join('base'), options);
    expect(model.loadingInfo.missingKeys).toEqual([]);
    expect(model.lora!.rank).toBe(4);
  });
  expect(logs).toEqual([]);
  const { numTensors } = tf.memory();
  await expect(() =>
    TFDebertaV2ForSequenceClassification.fromPretrained(folder.join('base'), { adapter: folder.join('base') }),
  ).toThrowDebertaError('checkpoint', /must hold adapter_config.json/);
  expect(tf.memory().numTensors).toBe(numTensors);
});
