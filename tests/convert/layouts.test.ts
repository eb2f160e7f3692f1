import { decodeNumbers, NUMBER_SIZES, type NumberType } from '../../src/convert/numbers/decode_numbers';
import { reverseAxes } from '../../src/convert/numbers/reverse_axes';
import { CHUNK_NUMBERS, rowChunks } from '../../src/convert/numbers/row_chunks';
import { planShards } from '../../src/convert/shard_plan';
import { weightSpecs } from '../../src/convert/weight_names';
import { concatenateFiles } from '../../src/sources/concatenate_files';
import type { RandomAccessFile } from '../../src/sources/random_access_file';
import { smallConfig } from './support';

describe('reverseAxes', () => {
  const shapes = [
    [1, 1],
    [2, 3],
    [33, 65],
    [64, 32],
    [1, 40],
    [40, 1],
    [3, 4, 5],
    [5, 40, 70],
    [3, 1, 2],
  ];
  test.each(shapes)('moves every number of a tensor of shape %j, %j, %j', (...shape) => {
    const sizes = shape.filter((size) => size !== undefined);
    const [first, middle, last] = sizes.length === 3 ? sizes : [sizes[0], 1, sizes[1]];
    const values = Float32Array.from({ length: first! * middle! * last! }, (_, index) => index);
    const reversed = reverseAxes(values, sizes);
    for (let a = 0; a < first!; a++) {
      for (let b = 0; b < middle!; b++) {
        for (let c = 0; c < last!; c++) {
          expect(reversed[(c * middle! + b) * first! + a]).toBe(values[(a * middle! + b) * last! + c]);
        }
      }
    }
    expect(reverseAxes(reversed, [...sizes].reverse())).toEqual(values);
  });
});

describe('rowChunks', () => {
  const cases: Array<[shape: number[], ranges: number[][]]> = [
    [[10, 3], [[0, 10]]],
    [[128100, 384], Array.from({ length: 47 }, (_, index) => [2730 * index, Math.min(2730 * (index + 1), 128100)])],
    [
      [2, CHUNK_NUMBERS + 1],
      [
        [0, 1],
        [1, 2],
      ],
    ],
    [
      [CHUNK_NUMBERS + 5],
      [
        [0, CHUNK_NUMBERS],
        [CHUNK_NUMBERS, CHUNK_NUMBERS + 5],
      ],
    ],
    [[0, 4], []],
  ];
  test.each(cases)('%j', (shape, ranges) => {
    expect([...rowChunks(shape)]).toEqual(ranges);
  });
});

describe('decodeNumbers', () => {
  test('every half is the value its bits say', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, index) => index);
    const values = decodeNumbers(new Uint8Array(bits.buffer), 'float16');
    const expected = Float32Array.from(bits, (half) => {
      const sign = half & 0x8000 ? -1 : 1;
      const exponent = (half >> 10) & 31;
      const fraction = half & 1023;
      if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
      return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    });
    expect(values.findIndex((value, half) => !Object.is(value, expected[half]))).toBe(-1);
  });

  test.each(Object.keys(NUMBER_SIZES) as NumberType[])('%s may start at an odd byte', (type) => {
    const bytes = new Uint8Array(17).fill(0x40);
    expect(decodeNumbers(bytes.subarray(1), type)).toEqual(decodeNumbers(bytes.slice(1), type));
  });
});

test('concatenateFiles reads across files', async () => {
  const file = (...bytes: number[]): RandomAccessFile => ({
    path: 'x',
    size: bytes.length,
    read: async (position, length) => Uint8Array.from(bytes).subarray(position, position + length),
    close: async () => undefined,
  });
  const whole = concatenateFiles([file(0, 1), file(), file(2), file(3, 4, 5)]);
  expect(whole.size).toBe(6);
  for (let start = 0; start <= 6; start++) {
    for (let end = start; end <= 6; end++) {
      expect([...(await whole.read(start, end - start))]).toEqual([0, 1, 2, 3, 4, 5].slice(start, end));
    }
  }
});

describe('planShards', () => {
  const specs = weightSpecs(smallConfig, 'TFDebertaV2Model');
  const bytes = (names: typeof specs) =>
    names.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);

  test('one file keeps its name', () => {
    expect(planShards(specs, 'model.safetensors', 1e9)).toEqual([{ file: 'model.safetensors', specs }]);
  });

  test.each([1, 1000, 4000, 10_000])(
    'files of at most %d bytes, or of one weight, hold every weight in order',
    (limit) => {
      const shards = planShards(specs, 'tf_model.h5', limit);
      expect(shards.flatMap((shard) => shard.specs)).toEqual(specs);
      shards.forEach((shard, index) => {
        expect(shard.specs.length === 1 || bytes(shard.specs) <= limit).toBe(true);
        const number = (count: number) => String(count).padStart(5, '0');
        expect(shard.file).toBe(`tf_model-${number(index + 1)}-of-${number(shards.length)}.h5`);
      });
    },
  );
});
