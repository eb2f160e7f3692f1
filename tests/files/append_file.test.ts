import fsPromises, { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openToAppend } from '../../src/files/append_file';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'append-file-'));
});

afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const bytes = (text: string) => new TextEncoder().encode(text);

describe('openToAppend', () => {
  test('makes the file and the folders above it, and goes on with one that is there', async () => {
    const path = join(folder, 'deep/er/log');
    for (const text of ['one ', 'two']) {
      const file = await openToAppend(path, { isNew: false });
      await file.write(bytes(text));
      await file.close();
    }
    expect(await readFile(path, 'utf8')).toBe('one two');
  });

  test('keeps the order of writes that nobody waits for, and closes behind them', async () => {
    const file = await openToAppend(join(folder, 'log'), { isNew: true });
    const writes = Array.from({ length: 50 }, (_, index) => file.write(bytes(`${index} `)));
    await file.close();
    await Promise.all(writes);
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe(Array.from({ length: 50 }, (_, i) => `${i} `).join(''));
  });

  test('has a record in the file when its write returns', async () => {
    const file = await openToAppend(join(folder, 'log'), { isNew: true });
    await file.write(bytes('here'));
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('here');
    expect(file.size).toBe(4);
    await file.close();
  });

  test('reads and cuts its end', async () => {
    await writeFile(join(folder, 'log'), 'abcdef');
    const file = await openToAppend(join(folder, 'log'), { isNew: false });
    expect(Buffer.from(await file.readEnd(2)).toString()).toBe('ef');
    expect(Buffer.from(await file.readEnd(100)).toString()).toBe('abcdef');
    await file.cut(3);
    await file.write(bytes('!'));
    await file.close();
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('abc!');
  });

  test('cuts off what was written of bytes that did not fit on the disk, and can go on', async () => {
    const open = fsPromises.open;
    jest.spyOn(fsPromises, 'open').mockImplementationOnce(async (...args) => {
      const handle = await open(...args);
      const append = handle.appendFile.bind(handle);
      jest.spyOn(handle, 'appendFile').mockImplementationOnce(async () => {
        await append('ha');
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      });
      return handle;
    });
    const file = await openToAppend(join(folder, 'log'), { isNew: true });
    await expect(() => file.write(bytes('half'))).toThrowDebertaError(
      'output',
      /log could not be written: the disk is/,
    );
    await file.write(bytes('whole'));
    await file.close();
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe('whole');
  });

  test('may be closed twice, and takes nothing more', async () => {
    const file = await openToAppend(join(folder, 'log'), { isNew: true });
    await file.close();
    await file.close();
    await expect(() => file.write(bytes('late'))).toThrowDebertaError('output', /log is closed and takes nothing more/);
  });

  const refused: Array<[what: string, isNew: boolean, path: string, message: RegExp]> = [
    ['a new file that is there', true, 'file', /a file of that name is in the way/],
    ['a folder', false, 'folder', /a folder of that name is in the way/],
    ['a path through a file', false, 'file/log', /could not be written: a/],
  ];
  test.each(refused)('refuses %s', async (_what, isNew, path, message) => {
    await mkdir(join(folder, 'folder'));
    await writeFile(join(folder, 'file'), 'old');
    await expect(() => openToAppend(join(folder, path), { isNew })).toThrowDebertaError('output', message);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('old');
  });
});
