import { readFile, stat } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import '../../src/models/register';
import type { Architecture } from '../../src/config/architecture';
import { DebertaV2Config } from '../../src/config/deberta_v2_config';
import { CHECKPOINT_FORMATS, type CheckpointFormat } from '../../src/convert/checkpoint_format';
import { writeCheckpoint } from '../../src/convert/checkpoint_writer';
import { decodeNumbers, NUMBER_SIZES } from '../../src/convert/numbers/decode_numbers';
import { elementCount } from '../../src/convert/numbers/element_count';
import { encodeHalves } from '../../src/convert/numbers/encode_numbers';
import { openCheckpoint } from '../../src/convert/open_checkpoint';
import { STORAGE_TYPES, type StorageType, storedBytes } from '../../src/convert/storage_type';
import { type WeightSpec, weightSpecs } from '../../src/convert/weight_names';
import { listFolder, readAllWeights, readJsonFile, smallConfig, useTemporaryFolder } from './support';

const folder = useTemporaryFolder();
const architecture: Architecture = 'TFDebertaV2ForTokenClassification';
const specs = weightSpecs(smallConfig, architecture);

/** Numbers of both signs that no type but float32 holds exactly. */
const unevenValues = ({ name, shape }: WeightSpec) =>
  Float32Array.from({ length: elementCount(shape) }, (_, index) => Math.sin(index + name.length));

interface Choice {
  readonly format: CheckpointFormat;
  readonly dtype: StorageType;
  readonly maxShardSize?: number;
}

const write = (choice: Choice, valuesOf = unevenValues, config = smallConfig) =>
  writeCheckpoint(folder.path, { config, architecture, ...choice }, specs, async function* (spec) {
    yield valuesOf(spec);
  });

const asHalves = (spec: WeightSpec, type: 'float16' | 'bfloat16') =>
  decodeNumbers(new Uint8Array(encodeHalves(unevenValues(spec), type, spec.name).buffer), type);

const isMatrix = ({ shape }: WeightSpec) => shape.length > 1;

const pairs = CHECKPOINT_FORMATS.flatMap((format) =>
  (Object.keys(NUMBER_SIZES) as StorageType[]).map((dtype) => ({ format, dtype })),
);
const allowed = pairs.filter(({ format, dtype }) => STORAGE_TYPES[format].includes(dtype));
const refused = pairs.filter((pair) => !allowed.includes(pair));

test.each(refused)('$dtype is refused for $format', async (choice) => {
  await expect(() => write(choice)).toThrowDebertaError(
    'usage',
    new RegExp(`dtype must be float32.* for ${choice.format}, received "${choice.dtype}"; choose one of these`),
  );
  expect(await listFolder(folder.path)).toEqual([]);
});

describe.each(allowed)('$dtype in $format', (choice) => {
  const { format, dtype } = choice;
  const isQuantized = dtype === 'uint8' || dtype === 'uint16';

  test('is what the file says', async () => {
    await write(choice);
    const { reader, close } = await openCheckpoint(folder.path);
    await close();
    const types = [...reader.tensors.values()].map((info) => [info.shape.length > 1, info.dtype]);
    expect(types.filter(([matrix]) => matrix).map(([, type]) => type)).toEqual(specs.filter(isMatrix).map(() => dtype));
    const others = types.filter(([matrix]) => !matrix).map(([, type]) => type);
    expect(new Set(others)).toEqual(new Set([isQuantized ? 'float32' : dtype]));
  });

  test('gives numbers as near as the type allows', async () => {
    await write(choice);
    const weights = await readAllWeights(folder.path, architecture);
    for (const spec of specs) {
      const values = weights.get(spec.name)!;
      if (dtype === 'float16' || dtype === 'bfloat16') expect(values).toEqual(asHalves(spec, dtype));
      else if (!isQuantized || !isMatrix(spec)) expect(values).toEqual(unevenValues(spec));
      else {
        // Half a step of the range, and half a step more by which zero is moved onto a step; then float32's rounding.
        const step = 2 / (dtype === 'uint8' ? 255 : 65535);
        const off = unevenValues(spec).map((value, index) => Math.abs(value - values[index]!));
        expect(Math.max(...off)).toBeLessThanOrEqual(step * 1.01);
      }
    }
  });

  test("config.json names PyTorch's type where PyTorch reads it", async () => {
    await write(choice, unevenValues, DebertaV2Config.fromJSON({ ...smallConfig.toJSON(), torch_dtype: 'float64' }));
    const expected = format === 'tfjs' ? 'float32' : dtype;
    expect(await readJsonFile(folder.join('config.json'))).toMatchObject({ torch_dtype: expected });
  });
});

describe('without a type in the configuration', () => {
  test.each([
    ['float32', undefined],
    ['float16', 'float16'],
    ['bfloat16', 'bfloat16'],
  ] as const)('%s adds torch_dtype %s', async (dtype, expected) => {
    await write({ format: 'safetensors', dtype });
    expect((await readJsonFile(folder.join('config.json'))).torch_dtype).toBe(expected);
  });
});

const total = (dtype: StorageType) => specs.reduce((sum, spec) => sum + storedBytes(spec, dtype), 0);

describe('sizes count the bytes that are stored', () => {
  test.each(['float32', 'float16', 'bfloat16'] as const)('of safetensors in %s', async (dtype) => {
    const limit = 3000;
    await write({ format: 'safetensors', dtype, maxShardSize: limit });
    const { metadata, weight_map } = await readJsonFile(folder.join('model.safetensors.index.json'));
    expect(metadata.total_size).toBe(total(dtype));
    expect(metadata.total_size).toBe(
      NUMBER_SIZES[dtype] * specs.reduce((sum, { shape }) => sum + elementCount(shape), 0),
    );
    const files = [...new Set<string>(Object.values(weight_map))];
    let stored = 0;
    for (const file of files) {
      const bytes = await readFile(folder.join(file));
      const size = bytes.length - 8 - Number(bytes.readBigUInt64LE());
      const single = Object.values(weight_map).filter((name) => name === file).length === 1;
      expect(size <= limit || single).toBe(true);
      stored += size;
    }
    expect(stored).toBe(total(dtype));
  });

  test.each(STORAGE_TYPES.tfjs)('of tfjs in %s', async (dtype) => {
    await write({ format: 'tfjs', dtype, maxShardSize: 1000 });
    const [{ paths }] = (await readJsonFile(folder.join('model.json'))).weightsManifest;
    const sizes = await Promise.all(paths.map(async (path: string) => (await stat(folder.join(path))).size));
    expect(sizes.slice(0, -1).every((size: number) => size === 1000)).toBe(true);
    expect(sizes.reduce((sum: number, size: number) => sum + size, 0)).toBe(total(dtype));
    expect(sizes).toHaveLength(Math.ceil(total(dtype) / 1000));
  });
});

test.each(STORAGE_TYPES.tfjs)('tf.loadLayersModel opens %s, and has the numbers that we read', async (dtype) => {
  await write({ format: 'tfjs', dtype, maxShardSize: 3001 });
  const { modelTopology, weightsManifest } = await readJsonFile(folder.join('model.json'));
  const [{ paths, weights }] = weightsManifest;
  const bytes = Buffer.concat(await Promise.all(paths.map((path: string) => readFile(folder.join(path)))));
  const weightData = new Uint8Array(bytes).buffer;
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
  expect(model.getClassName()).toBe(architecture);
  const loaded = Object.fromEntries(model.weights.map((weight) => [weight.originalName, weight.read().dataSync()]));
  const read = await readAllWeights(folder.path, architecture);
  expect(loaded).toEqual(Object.fromEntries(specs.map(({ name, tfName }) => [tfName, read.get(name)])));
  model.dispose();
});

describe('numbers that a type cannot hold', () => {
  const holding = (value: number) => (spec: WeightSpec) => {
    const values = unevenValues(spec);
    if (spec.name === 'classifier.weight') values[3] = value;
    return values;
  };
  const cases: Array<[CheckpointFormat, StorageType, number, RegExp]> = [
    ['safetensors', 'float16', 70_000, /classifier\.weight must have no value beyond 65504 .*, received 70000/],
    ['tfjs', 'float16', -70_000, /classifier\.weight must have no value beyond 65504 .*, received -70000/],
    ['tfjs', 'uint8', Number.NaN, /classifier\.weight must have finite values .* as uint8, received NaN/],
    ['tfjs', 'uint16', Number.POSITIVE_INFINITY, /classifier\.weight must have finite values .*, received Infinity/],
  ];
  test.each(cases)('%s in %s: %d is refused', async (format, dtype, value, message) => {
    await expect(() => write({ format, dtype }, holding(value))).toThrowDebertaError('input', message);
  });

  test.each([
    ['safetensors', 'bfloat16', 3e38],
    ['safetensors', 'float16', Number.NEGATIVE_INFINITY],
    ['tfjs', 'float16', Number.NaN],
    ['tfjs', 'uint8', 3e38],
  ] as const)('%s in %s: %d is none of them', async (format, dtype, value) => {
    await write({ format, dtype }, holding(value));
    const stored = (await readAllWeights(folder.path, architecture)).get('classifier.weight')!;
    expect(stored.some((number) => Object.is(number, value) || Math.abs(number / value - 1) < 2 ** -8)).toBe(true);
  });
});
