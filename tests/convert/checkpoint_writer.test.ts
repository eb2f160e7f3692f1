import { readFile, stat } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { ARCHITECTURES, type Architecture } from '../../src/config/architecture';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { CHECKPOINT_FORMATS, type CheckpointFormat } from '../../src/convert/checkpoint_format';
import { writeCheckpoint } from '../../src/convert/checkpoint_writer';
import { convertCheckpoint } from '../../src/convert/convert_checkpoint';
import { loadH5 } from '../../src/convert/h5/h5_library';
import { rowChunks } from '../../src/convert/numbers/row_chunks';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import {
  countedValues,
  countingValues,
  digestOf,
  digestWeights,
  fixturePath,
  fixtures,
  fullConfig,
  listFolder,
  readAllWeights,
  readJsonFile,
  smallConfig,
  useTemporaryFolder,
} from './support';

const folder = useTemporaryFolder();

describe.each(CHECKPOINT_FORMATS)('%s', (format) => {
  const heads = ARCHITECTURES.map((architecture) => [architecture] as const);
  test.each(heads)('%s with every optional weight comes back as it was', async (architecture) => {
    const config = fullConfig;
    const specs = weightSpecs(config, architecture);
    await writeCheckpoint(folder.path, { config, architecture, format }, specs, countingValues);
    const expected = Object.fromEntries(specs.map((spec) => [spec.name, digestOf(countedValues(spec))]));
    expect(await digestWeights(folder.path, architecture)).toEqual(expected);
  });

  test('a tensor larger than a chunk is written and read in pieces', async () => {
    const config = smallConfig.with({ vocabSize: 70_001 });
    const specs = weightSpecs(config, 'TFDebertaV2Model');
    const [table] = specs as [WeightSpec];
    const valueAt = (index: number) => (index % 100_003) / 7;
    const read = async function* (spec: WeightSpec) {
      if (spec !== table) return yield* countingValues(spec);
      const pieces = [...rowChunks(spec.shape)];
      expect(pieces.length).toBeGreaterThan(1);
      for (const [start, end] of pieces) {
        yield Float32Array.from({ length: (end - start) * 16 }, (_, index) => valueAt(start * 16 + index));
      }
    };
    await writeCheckpoint(folder.path, { config, architecture: 'TFDebertaV2Model', format }, specs, read);
    const weights = await readAllWeights(folder.path, 'TFDebertaV2Model');
    // Not toEqual, which takes seconds for a million numbers.
    const wrong = weights.get(table.name)!.findIndex((value, index) => value !== Math.fround(valueAt(index)));
    expect(wrong).toBe(-1);
    expect(weights.get(table.name)).toHaveLength(70_001 * 16);
  });

  const wrong: Array<[string, read: (spec: WeightSpec) => AsyncIterable<Float32Array>, message: RegExp]> = [
    [
      'too few values',
      async function* () {
        yield new Float32Array(16);
      },
      /word_embeddings\.weight must have the 800 values of shape \[50,16\], received 16/,
    ],
    [
      'too many values',
      async function* () {
        yield new Float32Array(800);
        yield new Float32Array(16);
      },
      /word_embeddings\.weight must have the 800 values of shape \[50,16\], received 816/,
    ],
    ['no values', async function* () {}, /received 0 so far/],
  ];
  test.each(wrong)('%s are refused', async (_name, read, message) => {
    const options = { config: smallConfig, architecture: 'TFDebertaV2Model', format } as const;
    const specs = weightSpecs(smallConfig, 'TFDebertaV2Model');
    await expect(() => writeCheckpoint(folder.path, options, specs, read)).toThrowDebertaError('input', message);
  });
});

const write = (format: CheckpointFormat, architecture: Architecture, maxShardSize?: number, config = smallConfig) =>
  writeCheckpoint(
    folder.path,
    { config, architecture, format, maxShardSize },
    weightSpecs(config, architecture),
    countingValues,
  );

describe('tfjs files', () => {
  test('shards have exactly the size asked for but the last, and tfjs reads them', async () => {
    await write('tfjs', 'TFDebertaV2ForQuestionAnswering', 1000);
    const model = await readJsonFile(folder.join('model.json'));
    const [{ paths, weights }] = model.weightsManifest;
    expect(await listFolder(folder.path)).toEqual([...paths, 'config.json', 'model.json'].sort());
    const sizes = await Promise.all(paths.map(async (path: string) => (await stat(folder.join(path))).size));
    expect(sizes.slice(0, -1).every((size: number) => size === 1000)).toBe(true);
    expect(sizes.at(-1)).toBeLessThanOrEqual(1000);

    const bytes = Buffer.concat(await Promise.all(paths.map((path: string) => readFile(folder.join(path)))));
    const tensors = tf.io.decodeWeights(new Uint8Array(bytes).buffer, weights);
    for (const spec of weightSpecs(smallConfig, 'TFDebertaV2ForQuestionAnswering')) {
      expect(tensors[spec.tfName]!.shape).toEqual(spec.shape);
      expect(await tensors[spec.tfName]!.data()).toEqual(countedValues(spec));
    }
    tf.dispose(tensors);
  });

  test('model.json says which class opens it', async () => {
    await write('tfjs', 'TFDebertaV2ForMaskedLM');
    expect(await readJsonFile(folder.join('model.json'))).toMatchObject({
      format: 'layers-model',
      modelTopology: { class_name: 'TFDebertaV2ForMaskedLM', config: { name: 'tf_deberta_v2_for_masked_lm' } },
      weightsManifest: [{ paths: ['group1-shard1of1.bin'] }],
    });
  });
});

describe('safetensors files', () => {
  async function headerOf(file: string): Promise<[length: number, header: Record<string, unknown>]> {
    const bytes = await readFile(folder.join(file));
    const length = Number(bytes.readBigUInt64LE());
    return [length, JSON.parse(bytes.subarray(8, 8 + length).toString())];
  }

  test("the header is PyTorch's and padded to eight bytes", async () => {
    await write('safetensors', 'TFDebertaV2ForTokenClassification');
    const [length, header] = await headerOf('model.safetensors');
    expect(length % 8).toBe(0);
    expect(header.__metadata__).toEqual({ format: 'pt' });
    const { __metadata__, ...tensors } = header;
    const specs = weightSpecs(smallConfig, 'TFDebertaV2ForTokenClassification');
    expect(Object.keys(tensors)).toEqual(specs.map(({ name }) => name));
  });

  test('the bare encoder has no prefix', async () => {
    await write('safetensors', 'TFDebertaV2Model');
    const [, header] = await headerOf('model.safetensors');
    expect(Object.keys(header).filter((name) => name.startsWith('deberta.'))).toEqual([]);
    expect(header).toHaveProperty(['embeddings.word_embeddings.weight']);
  });

  test('shards have an index', async () => {
    await write('safetensors', 'TFDebertaV2ForMaskedLM', 8000);
    const index = await readJsonFile(folder.join('model.safetensors.index.json'));
    const files = [...new Set<string>(Object.values(index.weight_map))].sort();
    expect(await listFolder(folder.path)).toEqual(['config.json', ...files, 'model.safetensors.index.json']);
    for (const file of files) {
      const [, header] = await headerOf(file);
      for (const name of Object.keys(header)) if (name !== '__metadata__') expect(index.weight_map[name]).toBe(file);
    }
  });
});

describe('h5 files', () => {
  test('shards have an index with the names of the TensorFlow classes', async () => {
    await write('h5', 'TFDebertaV2ForMultipleChoice', 8000);
    const index = await readJsonFile(folder.join('tf_model.h5.index.json'));
    const specs = weightSpecs(smallConfig, 'TFDebertaV2ForMultipleChoice');
    const names = specs.map(({ tfName }) => `tf_deberta_v2_for_multiple_choice/${tfName}:0`);
    expect(Object.keys(index.weight_map).sort()).toEqual(names.sort());
    const reference = await readJsonFile(fixturePath('h5_sharded', 'tf_model.h5.index.json'));
    expect(Object.keys(index)).toEqual(Object.keys(reference));
  });

  const same = fixtures.filter(({ format, name }) => format === 'h5' && name !== 'h5_sharded');
  test.each(same)('$name is laid out as TensorFlow lays it out', async ({ name }) => {
    await convertCheckpoint(fixturePath(name), folder.join('out'), { format: 'h5' });
    expect(await describeH5(folder.join('out', 'tf_model.h5'))).toEqual(
      await describeH5(fixturePath(name, 'tf_model.h5')),
    );
  });

  /** Groups and their lists of names, and every dataset with its shape. */
  async function describeH5(path: string): Promise<Record<string, unknown>> {
    const { h5 } = await loadH5();
    const file = new h5.File(path, 'r');
    const names = (entity: { attrs: Record<string, { json_value: unknown }> }, attribute: string) =>
      entity.attrs[attribute]?.json_value;
    const objects = file.paths().map((location) => {
      const entity = file.get(location);
      if (entity instanceof h5.Dataset) return [location, { shape: entity.shape, dtype: entity.dtype }];
      return [location, entity instanceof h5.Group ? names(entity, 'weight_names') : entity];
    });
    const description = { layers: names(file, 'layer_names'), ...Object.fromEntries(objects) };
    file.close();
    return description;
  }
});

describe('config.json', () => {
  test("names the class, the weights' number type, and keeps what it does not know", async () => {
    const config = DebertaV2Config.fromJSON({ ...smallConfig.toJSON(), torch_dtype: 'float16', note: { a: 1 } });
    await write('tfjs', 'TFDebertaV2ForQuestionAnswering', undefined, config);
    const json = await readJsonFile(folder.join('config.json'));
    expect(json).toMatchObject({
      architectures: ['DebertaV2ForQuestionAnswering'],
      torch_dtype: 'float32',
      note: { a: 1 },
      model_type: 'deberta-v2',
    });
    expect(json).not.toHaveProperty('dtype');
    const checkpoint = await openCheckpoint(folder.path);
    expect(checkpoint.architecture).toBe('TFDebertaV2ForQuestionAnswering');
    expect({ ...checkpoint.config }).toEqual({ ...config });
    await checkpoint.close();
  });
});

describe('options', () => {
  test.each([0, -1, 1.5, Number.NaN])('maxShardSize %d is refused', async (size) => {
    await expect(() => write('tfjs', 'TFDebertaV2Model', size)).toThrowDebertaError(
      'usage',
      /maxShardSize must be a positive/,
    );
  });

  test.each(['bin', 'toString'])('format %s is refused', async (format) => {
    await expect(() => write(format as CheckpointFormat, 'TFDebertaV2Model')).toThrowDebertaError(
      'usage',
      new RegExp(`format must be one of tfjs, safetensors, h5, tf2, received "${format}"`),
    );
  });

  test('progress counts the bytes of every weight once', async () => {
    const specs = weightSpecs(smallConfig, 'TFDebertaV2Model');
    const progress: Array<{ loaded: number; total: number; name: string }> = [];
    const options = { config: smallConfig, architecture: 'TFDebertaV2Model', format: 'tfjs' } as const;
    await writeCheckpoint(
      folder.path,
      { ...options, onProgress: (step) => void progress.push(step) },
      specs,
      countingValues,
    );
    expect(progress.map(({ name }) => name)).toEqual(specs.map(({ name }) => name));
    expect(progress.at(-1)!.loaded).toBe(progress[0]!.total);
  });
});
