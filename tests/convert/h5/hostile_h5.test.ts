import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { checkInflation } from '../../../src/convert/h5/h5_inflation';
import { loadH5 } from '../../../src/convert/h5/h5_library';
import { openH5 } from '../../../src/convert/h5/h5_reader';
import type { RandomAccessFile } from '../../../src/sources/random_access_file';
import { at, fixturePath, listFolder, useTemporaryFolder } from '../support';

const FOLDER = join(__dirname, '..', '..', 'fixtures', 'hostile');
const VALUES = Array.from({ length: 12 }, (_, index) => index);
const folder = useTemporaryFolder();

/** Opens a file and reads all that it lists. */
async function readAll(path: string): Promise<number[][]> {
  const reader = await openH5(...at(path));
  try {
    const names = [...reader.tensors.keys()];
    return await Promise.all(names.map(async (name) => [...(await reader.read(name))]));
  } finally {
    await reader.close();
  }
}

const good = [
  'plain',
  'behind_a_block_of_another_program',
  'in_a_newer_version',
  'in_the_header',
  'in_compressed_chunks',
  'with_a_fill_value',
  'bfloat16',
  'in_itself',
];
test.each(good)('a weight %s is read', async (name) => {
  expect(await readAll(join(FOLDER, `good_${name}.h5`))).toEqual([VALUES]);
});

const bad: Array<[name: string, message: RegExp]> = [
  ['never_written', /d\/w:0 in .* must have its 48 bytes in the file, received none, for they were never written/],
  ['half_written', /d\/w:0 has chunks that were never written/],
  ['huge', /must have its \d+ bytes in the file, received none/],
  ['huge_and_chunked', /d\/w:0 has chunks that were never written/],
  ['huge_chunk', /must have chunks of at most 67108864 bytes, received chunks of 1073741824/],
  ['other_file', /must have numbers of its own, received a list of other files/],
  ['other_file_that_is_missing', /must have numbers of its own, received a list of other files/],
  ['virtual', /must have a layout that h5py writes by default, received layout 3/],
  ['compressed_twice', /must have no compression but gzip, once, received the filters 1,1/],
  ['other_compression', /must have no compression but gzip, once, received the filters 32000/],
  ['newer_chunks', /must have a layout that h5py writes by default, received layout 2 of version 4/],
  ['committed_type', /must have a number type and a place of its own/],
  ['float_of_3_bytes', /to be a weight, received unusual numbers of 3 bytes/],
  ['float_of_other_bits', /to be a weight, received unusual numbers of 4 bytes/],
  ['compound', /to be a weight, received class 6 of HDF5/],
  ['bits', /to be a weight, received class 4 of HDF5/],
  ['circle_of_links', /must lie in the file itself, received a link at d\/w:0/],
  ['endless_path', /a path in it has more than 64 steps/],
  ['above_name', /lists d\/\.\.\/w:0 and does not hold it/],
  ['absolute_name', /lists d\/\/etc\/passwd and does not hold it/],
  ['empty_name', /d\/ in .* must be an ordinary dataset/],
];
test.each(bad)('%s is refused', async (name, message) => {
  await expect(() => readAll(join(FOLDER, `${name}.h5`))).toThrowDebertaError('checkpoint', message);
});

test('each file is tested', async () => {
  const tested = [...good.map((name) => `good_${name}.h5`), ...bad.map(([name]) => `${name}.h5`)];
  expect(tested.sort()).toEqual(await listFolder(FOLDER));
});

test('an external link is not followed even to see whether there is something', async () => {
  const { h5 } = await loadH5();
  const path = folder.join('tf_model.h5');
  const file = new h5.File(path, 'w');
  file.create_attribute('layer_names', ['d']);
  // Opening a pipe that nobody writes to would wait for ever.
  const pipe = folder.join('pipe');
  execFileSync('mkfifo', [pipe]);
  file.create_external_link(pipe, '/x', 'd');
  file.close();
  await expect(() => readAll(path)).toThrowDebertaError('checkpoint', /received a link at d/);
});

test('ten thousand groups are no problem', async () => {
  const { h5 } = await loadH5();
  const path = folder.join('tf_model.h5');
  const file = new h5.File(path, 'w');
  const layers = Array.from({ length: 10_000 }, (_, index) => `layer_${index}`);
  for (const layer of layers) file.create_group(layer);
  file.create_attribute('layer_names0', layers.slice(0, 4000));
  file.create_attribute('layer_names1', layers.slice(4000, 8000));
  file.create_attribute('layer_names2', layers.slice(8000));
  file.close();
  expect(await readAll(path)).toEqual([]);
});

describe('a chunk that unpacks', () => {
  const CHUNK_BYTES = 48;
  /** A file of nothing but one chunk. */
  const chunk = (bytes: Uint8Array<ArrayBuffer>): RandomAccessFile => ({
    path: 'tf_model.h5',
    size: bytes.length,
    read: async (start, length) => bytes.slice(start, start + length),
    close: async () => {},
  });
  const check = (bytes: Uint8Array<ArrayBuffer>, chunkBytes: number) => {
    const deflated = [{ start: 0, length: bytes.length }];
    return checkInflation(chunk(bytes), 'd/w:0', { dtype: 'float32', deflated, chunkBytes });
  };
  const bomb = Uint8Array.from(deflateSync(Buffer.alloc(280 << 20)));

  test('to far more than it should is refused, and not unpacked to the end', async () => {
    const before = process.memoryUsage().rss;
    await expect(() => check(bomb, CHUNK_BYTES)).toThrowDebertaError(
      'checkpoint',
      /A chunk of d\/w:0 in tf_model\.h5 must unpack to 48 bytes and has more/,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
  });

  test('to what it should is left to the library, and so is damage', async () => {
    await check(bomb, 280 << 20);
    await check(new Uint8Array(1 << 20), CHUNK_BYTES);
  });
});

describe('after a damaged file', () => {
  const whole = () => readFile(fixturePath('h5_model', 'tf_model.h5'));
  const filesOpen = ({ module }: Awaited<ReturnType<typeof loadH5>>) =>
    (module.FS as unknown as { streams: unknown[] }).streams.filter((stream) => stream !== null).length;

  test('one in its place is read for itself, and no file stays open', async () => {
    const path = folder.join('tf_model.h5');
    await writeFile(path, await whole());
    const right = await readAll(path);
    const before = filesOpen(await loadH5());
    const heap = (await whole()).indexOf('GCOL');
    for (let start = heap; start < heap + 4096; start += 203) {
      const bytes = await whole();
      // Zeros in a list of names are what the library itself never comes out of.
      await writeFile(path, bytes.fill(0, start, start + 64));
      const read = await readAll(path).catch((error: unknown) => error);
      // The rest of the list is free.
      if (!Array.isArray(read)) expect(read).toMatchObject({ code: 'checkpoint' });
    }
    await writeFile(path, await whole());
    expect(await readAll(path)).toEqual(right);
    expect(filesOpen(await loadH5())).toBe(before);
  });

  test('whose numbers are damaged, so is the next', async () => {
    const path = folder.join('tf_model.h5');
    const good = await readFile(join(FOLDER, 'good_in_compressed_chunks.h5'));
    const numbers = good.lastIndexOf(Buffer.of(0x78, 0xda));
    expect(numbers).toBeGreaterThan(0);
    await writeFile(path, Buffer.from(good).fill(0xff, numbers + 2, numbers + 12));
    await expect(() => readAll(path)).toThrowDebertaError('checkpoint', /could not be read as HDF5: it is damaged/);
    await writeFile(path, good);
    expect(await readAll(path)).toEqual([VALUES]);
  });
});
