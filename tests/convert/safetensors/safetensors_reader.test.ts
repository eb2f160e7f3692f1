import { truncate, writeFile } from 'node:fs/promises';
import { openSafetensors } from '../../../src/convert/safetensors/safetensors_reader';
import { at, type HandmadeTensor, rawSafetensors, readOne, safetensorsBytes, useTemporaryFolder } from '../support';

const folder = useTemporaryFolder();
const f32 = (shape: number[], ...values: number[]): HandmadeTensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});

async function write(bytes: Uint8Array): Promise<string> {
  const path = folder.join('model.safetensors');
  await writeFile(path, bytes);
  return path;
}

describe('number types', () => {
  const types: Array<[dtype: string, data: ArrayBufferView, expected: number[]]> = [
    ['F32', Float32Array.of(1.5, -0, 3.4e38), [1.5, -0, Math.fround(3.4e38)]],
    ['F64', Float64Array.of(0.1, 1e300, -2), [Math.fround(0.1), Number.POSITIVE_INFINITY, -2]],
    // 1, the largest half, the smallest half, minus zero, minus infinity.
    ['F16', Uint16Array.of(0x3c00, 0x7bff, 0x0001, 0x8000, 0xfc00), [1, 65504, 2 ** -24, -0, Number.NEGATIVE_INFINITY]],
    // The upper halves of 1, of 3.140625, and of the smallest subnormal.
    ['BF16', Uint16Array.of(0x3f80, 0x4049, 0x0001), [1, 3.140625, 2 ** -133]],
    // 1, the largest, the smallest, minus zero.
    ['F8_E4M3', Uint8Array.of(0x38, 0x7e, 0x01, 0x80), [1, 448, 2 ** -9, -0]],
    ['F8_E5M2', Uint8Array.of(0x3c, 0x7b, 0x01, 0xfc), [1, 57344, 2 ** -16, Number.NEGATIVE_INFINITY]],
    ['I64', BigInt64Array.of(-3n, 2n ** 40n + 1n), [-3, 2 ** 40]],
    ['U64', BigUint64Array.of(3n, 2n ** 63n), [3, 2 ** 63]],
    ['I32', Int32Array.of(-3, 2 ** 24 + 1), [-3, 2 ** 24]],
    ['U32', Uint32Array.of(2 ** 31), [2 ** 31]],
    ['I16', Int16Array.of(-3, 300), [-3, 300]],
    ['U16', Uint16Array.of(65535), [65535]],
    ['I8', Int8Array.of(-3), [-3]],
    ['U8', Uint8Array.of(255), [255]],
    ['BOOL', Uint8Array.of(0, 1), [0, 1]],
  ];
  test.each(types)('%s becomes float32', async (dtype, data, expected) => {
    const shape = [expected.length];
    // Before it stands a byte, so that the numbers start at an odd place in the file.
    const path = await write(
      safetensorsBytes({ odd: { dtype: 'U8', shape: [1], data: Uint8Array.of(0) }, weight: { dtype, shape, data } }),
    );
    expect(await readOne(openSafetensors(...at(path)), 'weight')).toEqual(expected);
  });
});

describe('shapes and order', () => {
  test('scalars, empty tensors and tensors out of order are read', async () => {
    const header = {
      later: { dtype: 'F32', shape: [2], data_offsets: [4, 12] },
      scalar: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
      empty: { dtype: 'F32', shape: [0, 3], data_offsets: [12, 12] },
    };
    const data = new Uint8Array(Float32Array.of(7, 8, 9).buffer);
    const reader = await openSafetensors(...at(await write(rawSafetensors(JSON.stringify(header), data))));
    expect([...(await reader.read('scalar'))]).toEqual([7]);
    expect([...(await reader.read('later'))]).toEqual([8, 9]);
    expect([...(await reader.read('empty'))]).toEqual([]);
    await reader.close();
  });

  test('a file may hold no tensor at all', async () => {
    const reader = await openSafetensors(
      ...at(await write(rawSafetensors('{"__metadata__":{"format":"tf"}}', Buffer.alloc(0)))),
    );
    expect(reader.tensors.size).toBe(0);
    await reader.close();
  });
});

describe('damaged files', () => {
  const whole = safetensorsBytes({ a: f32([2], 1, 2), b: f32([1], 3) });
  const raw = (header: unknown, bytes: number) => rawSafetensors(JSON.stringify(header), Buffer.alloc(bytes));
  const entry = (data_offsets: unknown, shape: unknown = [1], dtype = 'F32') => ({ dtype, shape, data_offsets });
  const cases: Array<[string, bytes: Uint8Array, message: RegExp]> = [
    ['an empty file', Buffer.alloc(0), /ends at byte 0 where 8 bytes were expected/],
    ['fewer than eight bytes', Buffer.alloc(5), /ends at byte 5 where 8 bytes/],
    [
      'a header longer than the file',
      rawSafetensors('{}', Buffer.alloc(0), 3),
      /header of .* at most 2 bytes long, received a length of 3/,
    ],
    [
      'a header length that is no sensible number',
      Buffer.alloc(64, 0xff),
      /at most 56 bytes long, received a length of 18446744073709551615/,
    ],
    ['a header that is not JSON', rawSafetensors('{"a":', Buffer.alloc(0)), /header of .* must be JSON and is not/],
    [
      'a header that is not UTF-8',
      Buffer.concat([rawSafetensors('', Buffer.alloc(0), 2), Buffer.of(0xc3, 0x28)]),
      /must be JSON/,
    ],
    ['a header that is a list', raw([], 0), /must be a JSON object of tensors/],
    [
      'an entry without offsets',
      raw({ a: { dtype: 'F32', shape: [1] } }, 4),
      /Tensor a in .* a dtype, a shape and two data_offsets/,
    ],
    ['a negative size', raw({ a: entry([0, 4], [-1]) }, 4), /Tensor a in .* must have a dtype, a shape/],
    ['a size that is no integer', raw({ a: entry([0, 4], [0.5]) }, 4), /Tensor a in .* must have a dtype, a shape/],
    ['an unknown number type', raw({ a: entry([0, 4], [1], 'F20') }, 4), /number types BOOL, .*F64, received F20/],
    [
      'offsets beyond the file',
      raw({ a: entry([0, 8], [2]) }, 4),
      /offsets within its 4 bytes of data, received \[0,8\]/,
    ],
    ['offsets in reverse', raw({ a: entry([4, 0]) }, 4), /offsets within its 4 bytes/],
    [
      'offsets that do not fit the shape',
      raw({ a: entry([0, 4], [2]) }, 4),
      /8 bytes for F32 numbers of shape \[2\], received 4/,
    ],
    [
      'a shape whose size no number can hold',
      raw({ a: entry([0, 4], [2 ** 40, 2 ** 40]) }, 4),
      /Tensor a in .* must have .* bytes for F32 numbers/,
    ],
    [
      'overlapping tensors',
      raw({ a: entry([0, 8], [2]), b: entry([4, 8]) }, 8),
      /Tensor b in .* overlaps the tensor before it/,
    ],
    ['the same bytes twice', raw({ a: entry([0, 4]), b: entry([0, 4]) }, 4), /Tensor b in .* overlaps/],
    [
      'a gap between tensors',
      raw({ a: entry([0, 4]), b: entry([8, 12]) }, 12),
      /Tensor b in .* leaves a gap before it/,
    ],
    [
      'bytes after the last tensor',
      raw({ a: entry([0, 4]) }, 6),
      /must end with its last tensor at byte \d+ and is \d+ bytes/,
    ],
    ['a file cut short', whole.subarray(0, whole.length - 1), /Tensor b in .* offsets within its 11 bytes/],
  ];
  test.each(cases)('%s', async (_name, bytes, message) => {
    const path = await write(bytes);
    await expect(() => openSafetensors(...at(path))).toThrowDebertaError('checkpoint', message);
  });

  test('a file that is cut short after it was opened', async () => {
    const path = await write(whole);
    const reader = await openSafetensors(...at(path));
    await truncate(path, whole.length - 4);
    await expect(() => reader.read('b')).toThrowDebertaError('checkpoint', /ends at byte \d+ where \d+ bytes/);
    await reader.close();
  });

  test('a missing file', async () => {
    await expect(() => openSafetensors(...at(folder.join('none.safetensors')))).toThrowDebertaError(
      'checkpoint',
      /none\.safetensors could not be read: it does not exist/,
    );
  });
});
