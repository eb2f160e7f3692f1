import fsPromises, { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutputFile } from '../../src/files/output_file';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-file-'));
});

afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** A file whose disk is full after so many writes; tells whether it was closed. */
async function fullAfter(writes: number) {
  const open = fsPromises.open;
  const state = { closed: false };
  jest.spyOn(fsPromises, 'open').mockImplementationOnce(async (...args) => {
    const handle = await open(...args);
    const write = handle.write.bind(handle) as (...given: unknown[]) => Promise<never>;
    const close = handle.close.bind(handle);
    let count = 0;
    jest.spyOn(handle, 'write').mockImplementation(async (...given: unknown[]) => {
      if (count++ >= writes) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      return write(...given);
    });
    jest.spyOn(handle, 'close').mockImplementation(async () => {
      state.closed = true;
      await close();
    });
    return handle;
  });
  return { file: await createOutputFile(join(folder, 'a')), state };
}

test('pieces of any kind of number follow each other', async () => {
  const file = await createOutputFile(join(folder, 'a'));
  await file.write(Uint8Array.of(1, 2));
  await file.write(Uint16Array.of(3));
  await file.write(new Uint8Array([9, 4, 9]).subarray(1, 2));
  await file.close();
  expect([...(await readFile(join(folder, 'a')))]).toEqual([1, 2, 3, 0, 4]);
});

test('a full disk is an error of the write after the one that failed', async () => {
  const { file, state } = await fullAfter(1);
  await file.write(Uint8Array.of(1));
  await file.write(Uint8Array.of(2));
  await expect(file.write(Uint8Array.of(3))).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(file.close()).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(state.closed).toBe(true);
});

test('a full disk at the last write is an error of closing', async () => {
  const { file, state } = await fullAfter(1);
  await file.write(Uint8Array.of(1));
  await file.write(Uint8Array.of(2));
  await expect(file.close()).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(state.closed).toBe(true);
});

test('a file that exists is not written over', async () => {
  await (await createOutputFile(join(folder, 'a'))).close();
  await expect(createOutputFile(join(folder, 'a'))).rejects.toMatchObject({ code: 'EEXIST' });
});
