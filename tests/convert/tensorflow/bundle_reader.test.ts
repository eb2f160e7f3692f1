import { DebertaV2Config } from '../../../src/config/deberta_v2_config';
import { readWeight } from '../../../src/convert/read_weight';
import { bundleReader } from '../../../src/convert/tensorflow/bundle_reader';
import { canonicalName, weightSpecs } from '../../../src/convert/weight_names';
import { planWeights } from '../../../src/convert/weight_plan';
import { localFolder } from '../../../src/sources/local_folder';
import { openTensorBundle } from '../../../src/tensor_bundle/tensor_bundle';
import { deterministicWeight } from '../../harness';
import { type HandmadeTensor, handmadeBundle, handmadeIndex } from '../../tensor_bundle/handmade_bundle';
import { memorySource } from '../../tensor_bundle/memory_source';
import { fixturePath, fixtures, readJsonFile, smallConfig } from '../support';

const VALUE = '/.ATTRIBUTES/VARIABLE_VALUE';
const one = { data: Float32Array.of(1) };

/** A reader of a checkpoint whose tensors have these keys. */
async function readerOf(
  tensors: Readonly<Record<string, HandmadeTensor>>,
  names: Readonly<Record<string, string>> = {},
  config: DebertaV2Config = smallConfig,
) {
  const bundle = await openTensorBundle(memorySource(handmadeBundle(tensors)), 'model.index');
  return bundleReader(bundle, 'tf2', new Map(Object.entries(names)), config);
}

const readerOfKeys = (keys: readonly string[], config?: DebertaV2Config) =>
  readerOf(Object.fromEntries(keys.map((key) => [key, one])), {}, config);

/** What each key is taken for. */
async function weightsOf(keys: readonly string[], config?: DebertaV2Config): Promise<Record<string, string>> {
  const { tensors } = await readerOfKeys(
    keys.map((key) => `${key}${VALUE}`),
    config,
  );
  return Object.fromEntries([...tensors].map(([name, { knownAs }]) => [name, canonicalName(knownAs ?? name)]));
}

describe('without the names of variables', () => {
  const saved = fixtures.filter(({ format, name }) => format === 'tf2' && name !== 'tf2_saver');

  test.each(saved)('every weight of $name is known by its way', async ({ name, class: architecture }) => {
    const index = (await localFolder(fixturePath(name)).list())!.find((file) => file.endsWith('.index'))!;
    const config = DebertaV2Config.fromJSON(await readJsonFile(fixturePath(name, 'config.json')));
    const bundle = await openTensorBundle(localFolder(fixturePath(name)), index);
    const reader = bundleReader(bundle, 'tf2', new Map(), config);
    const { entries, info } = planWeights(reader.tensors, reader.layout, weightSpecs(config, architecture));
    expect(info).toEqual({ missingKeys: [], unexpectedKeys: [], mismatchedKeys: [] });
    for (const entry of entries) {
      expect(await readWeight(reader, entry)).toEqual(deterministicWeight(entry.spec, architecture));
    }
    await reader.close();
  });

  const tables = 'deberta.embeddings';
  test.each<[what: string, positions: boolean, types: number, keys: string[], weights: string[]]>([
    ['positions', true, 0, ['embeddings'], [`${tables}.position_embeddings.weight`]],
    ['token types', false, 2, ['embeddings'], [`${tables}.token_type_embeddings.weight`]],
    [
      'positions beside token types',
      true,
      2,
      ['embeddings', 'token_type_embeddings'],
      [`${tables}.position_embeddings.weight`, `${tables}.token_type_embeddings.weight`],
    ],
  ])('embeddings/embeddings is the table of %s', async (_what, positionBiasedInput, typeVocabSize, keys, weights) => {
    const config = smallConfig.with({ positionBiasedInput, typeVocabSize });
    const known = await weightsOf(
      keys.map((key) => `model/deberta/embeddings/${key}`),
      config,
    );
    expect(Object.values(known)).toEqual(weights);
  });

  test.each(['deberta/', '', 'model/deberta/', 'trainer/models/0/deberta/', 'encoder/'])(
    'whatever stands before a way: %j',
    async (before) => {
      const known = await weightsOf([
        `${before}embeddings/weight`,
        `${before}encoder/rel_embeddings..weight`,
        `${before}encoder/layer/1/bert_output/dense/kernel`,
        `${before}encoder/layer/1/attention/dense_output/LayerNorm/gamma`,
      ]);
      expect(Object.values(known)).toEqual([
        'deberta.embeddings.word_embeddings.weight',
        'deberta.encoder.layer.1.attention.output.LayerNorm.weight',
        'deberta.encoder.layer.1.output.dense.weight',
        'deberta.encoder.rel_embeddings.weight',
      ]);
    },
  );

  test('a way that leads to no weight keeps its name', async () => {
    expect(await weightsOf(['deberta/embeddings/embeddings', 'step'])).toEqual({
      'deberta/embeddings/embeddings': 'deberta/embeddings/embeddings',
      step: 'step',
    });
  });
});

describe('the name of a variable', () => {
  test('comes before the way to it', async () => {
    const key = `deberta/embeddings/embeddings${VALUE}`;
    const name = 'tf_deberta_v2_model/deberta/embeddings/token_type_embeddings/embeddings';
    const { tensors } = await readerOf({ [key]: one }, { [key]: name });
    expect([...tensors]).toEqual([['deberta/embeddings/embeddings', { dtype: 'float32', shape: [1], knownAs: name }]]);
  });

  test('that says nothing leaves the way', async () => {
    const key = `deberta/embeddings/weight${VALUE}`;
    const { tensors } = await readerOf({ [key]: one }, { [key]: 'Variable_1' });
    expect(tensors.get('deberta/embeddings/weight')!.knownAs).toBe('deberta/embeddings/word_embeddings/weight');
  });

  test('as the key needs no other', async () => {
    const name = 'tf_deberta_v2_model/deberta/embeddings/word_embeddings/weight';
    const { tensors } = await readerOf({ [name]: one });
    expect([...tensors]).toEqual([[name, { dtype: 'float32', shape: [1] }]]);
  });
});

describe('what only training needs is left out', () => {
  test.each([
    [
      'slots of a variable',
      [
        'w/.OPTIMIZER_SLOT/optimizer/m',
        'w/.OPTIMIZER_SLOT/optimizer/v',
        'save_counter',
        'optimizer/iter',
        'optimizer/decay',
      ],
    ],
    ['an optimizer of any name', ['opt/_iterations', 'opt/_learning_rate', 'opt/_variables/1', 'opt/_variables/27']],
    ['metrics', ['keras_api/metrics/0/total', 'model/keras_api/metrics/0/count']],
  ])('%s', async (_what, keys) => {
    const { tensors } = await readerOfKeys(['w', ...keys].map((key) => `${key}${VALUE}`));
    expect([...tensors.keys()]).toEqual(['w']);
  });

  test('steps of ever so many optimizers', async () => {
    const keys = Array.from({ length: 2000 }, (_, index) => `${index}/iter`);
    const { tensors } = await readerOfKeys([...keys, ...keys.map((key) => `${key}/more`), 'w']);
    expect([...tensors.keys()]).toEqual(['w']);
  });

  test('numbers of an optimizer of TensorFlow 1', async () => {
    const keys = ['kernel/Adam', 'kernel/Adam_1', 'kernel/m', 'kernel/adam_v', 'beta1_power', 'a/beta2_power'];
    const { tensors } = await readerOfKeys(['kernel', 'global_step', ...keys]);
    expect([...tensors.keys()]).toEqual(['kernel']);
  });

  test('descriptions of objects', async () => {
    const { tensors } = await readerOf({
      [`w${VALUE}`]: one,
      _CHECKPOINTABLE_OBJECT_GRAPH: { data: '' },
      'layer/.ATTRIBUTES/OBJECT_CONFIG_JSON': { data: '{}' },
    });
    expect([...tensors.keys()]).toEqual(['w']);
  });
});

describe('numbers', () => {
  test.each<[dtype: HandmadeTensor['dtype'] & string, name: string, data: ArrayBufferView, values: number[]]>([
    ['float', 'float32', Float32Array.of(1.5, -2), [1.5, -2]],
    ['double', 'float64', Float64Array.of(0.1), [Math.fround(0.1)]],
    ['half', 'float16', Uint16Array.of(0x3c00), [1]],
    ['bfloat16', 'bfloat16', Uint16Array.of(0x4049), [3.140625]],
    ['int64', 'int64', BigInt64Array.of(-7n), [-7]],
    ['bool', 'bool', Uint8Array.of(1, 0), [1, 0]],
  ])('of type %s become float32', async (dtype, name, data, values) => {
    const reader = await readerOf({ w: { dtype, data } });
    expect(reader.tensors.get('w')!.dtype).toBe(name);
    expect([...(await reader.read('w'))]).toEqual(values);
  });

  test('scalars and empty tensors', async () => {
    const reader = await readerOf({
      scalar: { shape: [], data: Float32Array.of(3) },
      empty: { shape: [0, 2], data: new Float32Array() },
    });
    expect([...(await reader.read('scalar'))]).toEqual([3]);
    expect([...(await reader.read('empty'))]).toEqual([]);
  });

  test('texts are listed, and are no weights', async () => {
    const reader = await readerOf({ t: { data: 'text' } });
    await expect(() => reader.read('t')).toThrowDebertaError('checkpoint', /to be a weight, received string/);
  });
});

describe('what is refused', () => {
  test.each<[what: string, shape: number[]]>([
    ['fewer bytes than the shape asks for', [2, 2]],
    ['more bytes than the shape asks for', [1]],
    ['a shape whose size no number can hold', [2 ** 50, 2 ** 50]],
  ])('%s', async (_what, shape) => {
    await expect(() => readerOf({ w: { shape, data: Float32Array.of(1, 2) } })).toThrowDebertaError(
      'checkpoint',
      /Tensor w in memory\/model\.index must have \S+ bytes for float32 numbers of shape .*, received 8/,
    );
  });

  test('a weight that is there twice', async () => {
    const keys = ['model', 'average'].map((model) => `${model}/deberta/embeddings/weight${VALUE}`);
    await expect(() => readerOfKeys(keys)).toThrowDebertaError(
      'checkpoint',
      /word_embeddings\.weight twice, as average\/deberta\/embeddings\/weight and as model\/deberta/,
    );
  });

  test('a variable saved in parts, when it is read', async () => {
    const index = handmadeIndex({ w: { dtype: 1, shape: { dim: [{ size: 4 }] }, slices: [{}] } });
    const source = memorySource({ 'model.index': index, 'model.data-00000-of-00001': new Uint8Array() });
    const reader = bundleReader(await openTensorBundle(source, 'model.index'), 'tf2', new Map(), smallConfig);
    expect(reader.tensors.get('w')!.shape).toEqual([4]);
    await expect(() => reader.read('w')).toThrowDebertaError('checkpoint', /saved in parts by a partitioned variable/);
  });
});
