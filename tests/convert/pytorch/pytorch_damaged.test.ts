import { readFileSync } from 'node:fs';
import { openPytorch } from '../../../src/convert/pytorch/pytorch_reader';
import { dictionary, storage, tensor, text } from '../../pickle/assemble';
import { memorySource } from '../../sources/memory_source';
import { fixturePath } from '../support';
import { FOUR, type StorageBytes, torchLegacy, torchZip } from './torch_bytes';

const open = (bytes: Uint8Array) => openPytorch(memorySource({ 'model.bin': bytes }), 'model.bin');
const weights = tensor(storage('0', 'FloatStorage', 4), 0, [4], [1]);
const state = dictionary(text('w'), weights);

/** Every tensor of a file. */
const readAll = async (bytes: Uint8Array) => {
  const reader = await open(bytes);
  const values = new Map<string, Float32Array>();
  for (const name of reader.tensors.keys()) values.set(name, await reader.read(name));
  return values;
};

describe('storages', () => {
  const eight: StorageBytes = { data: new Uint8Array(8), count: 2 };
  const zips: Array<[name: string, bytes: Uint8Array, message: RegExp]> = [
    ['a missing one', torchZip(state), /storage "0" of 16 bytes, received none/],
    ['one that is too short', torchZip(state, { 0: eight }), /storage "0" of 16 bytes, received 8 bytes/],
    ['one that is too long', torchZip(state, { 0: { data: new Uint8Array(20), count: 5 } }), /received 20 bytes/],
    [
      'one outside of its folder',
      torchZip(dictionary(text('w'), tensor(storage('../data.pkl', 'FloatStorage', 4), 0, [4], [1]))),
      /received none/,
    ],
    ['an old file without', torchLegacy(state), /must hold 1 storages, received 0/],
    ['an old file with another', torchLegacy(state, { 7: FOUR }), /each storage of its tensors once/],
    [
      'an old file with one twice',
      torchLegacy(state, { 0: FOUR }, { keys: ['0', '0'] }),
      /each storage of its tensors once/,
    ],
    ['an old file with a shorter one', torchLegacy(state, { 0: eight }), /must hold \d+ bytes, received \d+/],
    ['an old file with another length', torchLegacy(state, { 0: { ...FOUR, count: 2 } }), /of 4 numbers, received 2/],
    [
      'an old file with a negative length',
      torchLegacy(state, { 0: { ...FOUR, count: -1 } }),
      /of 4 numbers, received -1/,
    ],
    [
      'an old file that is cut short',
      torchLegacy(state, { 0: FOUR }).subarray(0, -1),
      /must hold \d+ bytes, received \d+/,
    ],
  ];
  test.each(zips)('%s', async (_name, bytes, message) => {
    await expect(() => readAll(bytes)).toThrowDebertaError('checkpoint', message);
  });

  test('a storage with a wrong checksum', async () => {
    const bytes = torchZip(state, { 0: FOUR });
    const place = Buffer.from(bytes).indexOf(Buffer.from(FOUR.data));
    bytes[place]! ^= 1;
    await expect(() => readAll(bytes)).toThrowDebertaError('checkpoint', /archive\/data\/0 does not have its checksum/);
  });

  test('a pickle with a wrong checksum', async () => {
    const bytes = torchZip(state, { 0: FOUR });
    bytes[Buffer.from(bytes).indexOf('FloatStorage')]! ^= 0x20;
    await expect(() => open(bytes)).toThrowDebertaError('checkpoint', /data\.pkl does not have its checksum/);
  });
});

describe('files cut short or damaged', () => {
  const files: Array<[name: string, bytes: Uint8Array]> = ['bin_model', 'bin_legacy_model', 'original_float16'].map(
    (name) => [name, Uint8Array.from(readFileSync(fixturePath(name, 'pytorch_model.bin')))],
  );

  test.each(files)('%s, cut at every kilobyte', async (_name, whole) => {
    for (let length = 0; length < whole.length; length += 1024) {
      await expect(() => readAll(whole.subarray(0, length))).toThrowDebertaError('checkpoint', /./);
    }
    await expect(() => readAll(whole.subarray(0, -1))).toThrowDebertaError('checkpoint', /./);
  });

  test.each(files.slice(0, 2))('%s, with any bit of its pickles turned', async (_name, whole) => {
    // The storages of the old layout have no checksums, so that other numbers cannot be told.
    const right = await readAll(whole);
    for (let index = 0; index < 4096; index += 31) {
      const damaged = Uint8Array.from(whole);
      damaged[index]! ^= 1 << (index % 8);
      const result = await readAll(damaged).catch((error: unknown) => error);
      if (result instanceof Map) expect(result.size).toBeLessThanOrEqual(right.size);
      else
        await expect(async () => {
          throw result;
        }).toThrowDebertaError('checkpoint', /./);
    }
  });
});
