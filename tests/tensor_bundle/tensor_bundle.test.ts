import { openTensorBundle } from '../../src/tensor_bundle/tensor_bundle';
import { type HandmadeEntry, handmadeBundle, handmadeIndex } from './handmade_bundle';
import { varints } from './handmade_table';
import { memorySource } from './memory_source';

const DATA = 'm.data-00000-of-00001';
const floats = Float32Array.of(1, 2, 3, 4);
const bundle = () => handmadeBundle({ w: { shape: [2, 2], data: floats }, text: { data: 'grüß' } }, 'm');
const open = (files: Record<string, Uint8Array>) => openTensorBundle(memorySource(files), 'm.index');
const shape = (...sizes: number[]) => ({ dim: sizes.map((size) => ({ size })) });
const float = (entry: HandmadeEntry = {}): HandmadeEntry => ({ dtype: 1, shape: shape(1), size: 4, ...entry });

describe('openTensorBundle', () => {
  test('lists the tensors', async () => {
    const { entries, path } = await open(bundle());
    expect(path).toBe('memory/m.index');
    expect([...entries]).toMatchObject([
      ['text', { dtype: 'string', shape: [] }],
      ['w', { dtype: 'float', shape: [2, 2], size: 16, isPartitioned: false }],
    ]);
  });

  test('reads any run of bytes, and texts', async () => {
    const { read, readText } = await open(bundle());
    expect(await read('w', 0, 16)).toEqual(new Uint8Array(floats.buffer));
    expect(await read('w', 4, 8)).toEqual(new Uint8Array(floats.buffer, 4, 8));
    expect(Buffer.from(await readText('text')).toString('latin1')).toBe('grüß');
  });

  test('opens only the data files that hold something', async () => {
    const index = handmadeIndex({ w: float({ shard_id: 70_000 }) }, { num_shards: 2 ** 31 - 1 });
    const files = { 'm.index': index, 'm.data-70000-of-2147483647': new Uint8Array(4) };
    expect([...(await open(files)).entries.keys()]).toEqual(['w']);
  });

  test('names a type it does not know by its number', async () => {
    const files = { 'm.index': handmadeIndex({ w: { dtype: 99 } }), [DATA]: new Uint8Array() };
    expect((await open(files)).entries.get('w')!.dtype).toBe('type 99');
  });
});

describe('checksums', () => {
  const damaged = () => {
    const files = bundle();
    files[DATA]![0]! ^= 1;
    return files;
  };
  const message = /Tensor w of memory\/m\.index has another checksum/;

  test('are compared when a tensor is read whole', async () => {
    const { read } = await open(damaged());
    await expect(() => read('w', 0, 16)).toThrowDebertaError('checkpoint', message);
  });

  test.each([[[4, 12]], [[8, 8]], [[4, 4, 4, 4]], [[0, 16]], [[4, 0, 12]]])(
    'are compared after the last of the pieces %j',
    async (sizes) => {
      const { read } = await open(damaged());
      const last = sizes.pop()!;
      let start = 0;
      for (const size of sizes) {
        await read('w', start, size);
        start += size;
      }
      await expect(() => read('w', start, last)).toThrowDebertaError('checkpoint', message);
    },
  );

  test('are not compared where pieces leave something out, and are again from the beginning', async () => {
    const { read } = await open(damaged());
    await read('w', 0, 4);
    await read('w', 8, 8);
    await read('w', 4, 8);
    await expect(() => read('w', 12, 4)).toThrowDebertaError('checkpoint', message);
    await read('w', 0, 8);
    await expect(() => read('w', 8, 8)).toThrowDebertaError('checkpoint', message);
  });

  test('of texts cover their length', async () => {
    for (let at = 16; at < 25; at++) {
      const files = bundle();
      files[DATA]![at]! ^= 1;
      const { readText } = await open(files);
      await expect(() => readText('text')).toThrowDebertaError('checkpoint', /Tensor text of .* another checksum/);
    }
  });
});

describe('what cannot be read', () => {
  const index = (
    entries: Record<string, HandmadeEntry | Uint8Array>,
    header?: Parameters<typeof handmadeIndex>[1],
    data = 8,
  ) => ({ 'm.index': handmadeIndex(entries, header), [DATA]: new Uint8Array(data) });
  const raw = (...bytes: number[]) => Uint8Array.from(bytes);

  const cases: Array<[what: string, files: Record<string, Uint8Array>, message: RegExp]> = [
    ['no index', {}, /memory\/m\.index could not be read/],
    ['no header', index({ w: float() }, null), /must begin with the header of a checkpoint/],
    ['a header that is none', { 'm.index': handmadeIndex({ '': raw(255) }, null) }, /header of .* and is damaged/],
    ['a later version', index({}, { num_shards: 1, version: { min_consumer: 2 } }), /readers of version 2/],
    ['a big-endian machine', index({}, { num_shards: 1, endianness: 1 }), /received a big-endian one/],
    ['an entry that is no message', index({ w: raw(8) }), /entry of w in .* is damaged/],
    ['a shape that is no message', index({ w: raw(18, 3, 1) }), /entry of w in .* is damaged/],
    ['a negative size of an axis', index({ w: float({ shape: shape(-1) }) }), /received shape \[-1\]/],
    ['a negative offset', index({ w: float({ offset: -4 }) }), /4 bytes at byte -4/],
    ['a negative size', index({ w: float({ size: -4 }) }), /-4 bytes at byte 0/],
    ['an offset beyond 2^53', index({ w: Buffer.concat([raw(32), varints(2n ** 54n)]) }), /exceeds 2\^53/],
    ['an axis beyond 2^53', index({ w: raw(18, 12, 18, 10, 8, ...varints(2n ** 62n)) }), /is damaged \(/],
    ['an offset near 2^53', index({ w: float({ offset: 2 ** 53 - 8 }) }), /must hold 9007199254740988 bytes/],
    ['a data file out of range', index({ w: float({ shard_id: 1 }) }), /one of 1 data files.* of file 1/],
    ['a negative data file', index({ w: float({ shard_id: -1 }) }), /of file -1/],
    ['no data files at all', index({ w: float() }, {}), /one of 0 data files/],
    ['a data file that is missing', index({ w: float() }, { num_shards: 3 }), /data-00000-of-00003 could not be read/],
    ['a tensor that leaves its file', index({ w: float({ offset: 6 }) }), /must hold 10 bytes for tensor w and is 8/],
    ['tensors that overlap', index({ a: float(), b: float({ offset: 3 }) }), /Tensor b in .* overlaps/],
    ['the same bytes twice', index({ a: float(), b: float() }), /Tensor b in .* overlaps/],
    [
      'a tensor in another',
      index({ a: float({ size: 8, shape: shape(2) }), b: float({ offset: 2 }), c: float({ offset: 6, size: 2 }) }),
      /Tensor b in .* overlaps/,
    ],
  ];
  test.each(cases)('%s', async (_what, files, message) => {
    await expect(() => open(files)).toThrowDebertaError('checkpoint', message);
  });

  test('a variable saved in parts, whose parts are not listed', async () => {
    const files = index({ w: { ...float({ size: 0 }), slices: [{}] }, '\0part': float(), v: float({ offset: 4 }) });
    const { entries, read } = await open(files);
    expect([...entries.keys()]).toEqual(['v', 'w']);
    await expect(() => read('w', 0, 4)).toThrowDebertaError('checkpoint', /Tensor w in .* saved in parts/);
  });

  test('another tensor, and texts that are none or too long', async () => {
    const size = 17 * 1024 * 1024;
    const files = index({ w: float(), t: { dtype: 7, size, offset: 4 } }, undefined, size + 4);
    const { read, readText } = await open(files);
    await expect(() => read('x', 0, 0)).toThrowDebertaError('checkpoint', /must hold a tensor x and does not/);
    await expect(() => readText('w')).toThrowDebertaError('checkpoint', /must be a text .* received float of 4 bytes/);
    await expect(() => readText('t')).toThrowDebertaError('checkpoint', /at most 16777216 bytes, received string/);
  });

  test('the files are closed when one of them is wrong', async () => {
    const files = { ...index({ a: float(), b: float({ shard_id: 1, offset: 100 }) }, { num_shards: 2 }) };
    const source = memorySource({ ...files, 'm.data-00000-of-00002': raw(1, 2, 3, 4), 'm.data-00001-of-00002': raw() });
    const opened: string[] = [];
    const watched = {
      ...source,
      open: async (name: string) => {
        const file = await source.open(name);
        opened.push(name);
        const close = async () => void opened.splice(opened.indexOf(name), 1);
        return { ...file, close };
      },
    };
    await expect(() => openTensorBundle(watched, 'm.index')).toThrowDebertaError('checkpoint', /must hold 104 bytes/);
    expect(opened).toEqual([]);
  });
});
