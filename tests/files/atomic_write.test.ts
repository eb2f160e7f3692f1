import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type DebertaError, OutputError } from '../../src/errors';
import { writeFileAtomically, writeFilesAtomically, writeFolderAtomically } from '../../src/files/atomic_write';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atomic-write-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Every file under the root with its content, by path. */
async function contents(): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [relative(root, file), await readFile(file, 'utf8')] as const)),
  );
}

/** Folders under the root, temporary ones included. */
async function folders(): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const writeTwo = async (folder: string) => {
  await writeFile(join(folder, 'a.txt'), 'new a');
  await writeFile(join(folder, 'b.txt'), 'new b');
};

const systemError = (code: string) => Object.assign(new Error(`${code}: of the operating system`), { code });

/** Fails when one file is written already. */
const failing = (error: Error) => async (folder: string) => {
  await writeFile(join(folder, 'a.txt'), 'half');
  throw error;
};

const reasons: Array<[code: string, message: RegExp]> = [
  ['ENOSPC', /the disk is full; free some space and try again/],
  ['EDQUOT', /the disk quota is used up/],
  ['EFBIG', /would exceed the largest size/],
  ['EACCES', /permission is denied/],
  ['EPERM', /permission is denied/],
  ['EROFS', /the file system is read-only/],
];

describe('writeFolderAtomically', () => {
  const write = (fill: (folder: string) => Promise<void>, { name = 'out', overwrite = false } = {}) =>
    writeFolderAtomically(join(root, name), { overwrite }, fill);

  test('makes the folder with what was filled in, and those above it', async () => {
    await write(writeTwo, { name: 'deep/er/out' });
    expect(await contents()).toEqual({ 'deep/er/out/a.txt': 'new a', 'deep/er/out/b.txt': 'new b' });
    expect((await stat(join(root, 'deep/er/out'))).mode & 0o777).toBe(0o755);
  });

  test('shows nothing under the name while it is filled', async () => {
    await write(async (folder) => {
      await writeTwo(folder);
      await expect(stat(join(root, 'out'))).rejects.toMatchObject({ code: 'ENOENT' });
    });
    expect(await folders()).toEqual(['out']);
  });

  test.each(['folder', 'file'])('refuses a %s that exists before it fills anything', async (kind) => {
    if (kind === 'file') await writeFile(join(root, 'out'), 'old');
    else await mkdir(join(root, 'out'));
    const fill = jest.fn(writeTwo);
    await expect(() => write(fill)).toThrowDebertaError(
      'output',
      /out exists already; choose another .* or allow overwriting/,
    );
    expect(fill).not.toHaveBeenCalled();
  });

  test('replaces the whole folder when it may overwrite', async () => {
    await mkdir(join(root, 'out'));
    await writeFile(join(root, 'out', 'old.txt'), 'old');
    await write(writeTwo, { overwrite: true });
    expect(await contents()).toEqual({ 'out/a.txt': 'new a', 'out/b.txt': 'new b' });
    expect(await folders()).toEqual(['out']);
  });

  test('makes a folder that was not there when it may overwrite', async () => {
    await write(writeTwo, { overwrite: true });
    expect(Object.keys(await contents())).toEqual(['out/a.txt', 'out/b.txt']);
  });

  test('passes an error of the filling on and leaves nothing', async () => {
    const error = new TypeError('a bug');
    await expect(write(failing(error))).rejects.toBe(error);
    expect(await folders()).toEqual([]);
  });

  test('leaves the old folder as it was when the filling fails', async () => {
    await write(writeTwo);
    await expect(write(failing(systemError('ENOSPC')), { overwrite: true })).rejects.toBeInstanceOf(OutputError);
    expect(await contents()).toEqual({ 'out/a.txt': 'new a', 'out/b.txt': 'new b' });
    expect(await folders()).toEqual(['out']);
  });

  test.each(reasons)('says what %s means, names the destination and leaves nothing', async (code, message) => {
    const cause = systemError(code);
    const error = await write(failing(cause)).catch((caught: unknown) => caught);
    await expect(() => Promise.reject(error)).toThrowDebertaError('output', message);
    expect(error).toMatchObject({ path: join(root, 'out'), cause });
    expect((error as DebertaError).message).toContain(`${join(root, 'out')} could not be written: `);
    expect(await folders()).toEqual([]);
  });

  test.each(['file/out', 'file/sub/out'])('cannot make %s where "file" is a file', async (name) => {
    await writeFile(join(root, 'file'), 'kept');
    await expect(() => write(writeTwo, { name })).toThrowDebertaError('output', /out could not be written: .* file/);
    expect(await contents()).toEqual({ file: 'kept' });
  });

  test('cannot make a folder of too long a name', async () => {
    await expect(() => write(writeTwo, { name: 'x'.repeat(300) })).toThrowDebertaError(
      'output',
      /the name is too long/,
    );
  });
});

describe('writeFilesAtomically', () => {
  const write = (fill: (folder: string) => Promise<void>, name = 'out') => writeFilesAtomically(join(root, name), fill);

  test('makes the folder with what was filled in, and those above it', async () => {
    await write(writeTwo, 'deep/out');
    expect(await contents()).toEqual({ 'deep/out/a.txt': 'new a', 'deep/out/b.txt': 'new b' });
    expect(await folders()).toEqual(['deep', 'deep/out']);
  });

  test('replaces files of the same names and leaves the others', async () => {
    await mkdir(join(root, 'out'));
    await writeFile(join(root, 'out', 'a.txt'), 'old a');
    await writeFile(join(root, 'out', 'c.txt'), 'old c');
    await write(writeTwo);
    expect(await contents()).toEqual({ 'out/a.txt': 'new a', 'out/b.txt': 'new b', 'out/c.txt': 'old c' });
    expect(await folders()).toEqual(['out']);
  });

  test('changes nothing when the filling fails', async () => {
    await write(writeTwo);
    const error = new TypeError('a bug');
    await expect(write(failing(error))).rejects.toBe(error);
    expect(await contents()).toEqual({ 'out/a.txt': 'new a', 'out/b.txt': 'new b' });
    expect(await folders()).toEqual(['out']);
  });

  test.each(reasons)(
    'says what %s means and names the destination, not the temporary folder',
    async (code, message) => {
      const error = await write(failing(systemError(code))).catch((caught: unknown) => caught);
      await expect(() => Promise.reject(error)).toThrowDebertaError('output', message);
      expect((error as DebertaError).message).toContain(`${join(root, 'out')} could not be written: `);
    },
  );

  test.each(['file', 'file/out'])('cannot write into %s where "file" is a file', async (name) => {
    await writeFile(join(root, 'file'), 'kept');
    await expect(() => write(writeTwo, name)).toThrowDebertaError('output', /could not be written: .* file/);
    expect(await contents()).toEqual({ file: 'kept' });
  });
});

describe('writeFileAtomically', () => {
  const write = (name: string, content: string | Uint8Array = 'new') => writeFileAtomically(join(root, name), content);

  test.each([
    ['text', 'grüße'],
    ['bytes', new TextEncoder().encode('grüße')],
  ])('writes %s, and makes the folders above', async (_name, content) => {
    await write('deep/er/a.txt', content);
    expect(await contents()).toEqual({ 'deep/er/a.txt': 'grüße' });
  });

  test('replaces a file that exists and leaves no temporary one', async () => {
    await write('a.txt', 'old, and longer');
    await write('a.txt', 'new');
    expect(await contents()).toEqual({ 'a.txt': 'new' });
  });

  test.each(['file/a.txt', 'file/sub/a.txt'])('cannot write %s where "file" is a file', async (name) => {
    await writeFile(join(root, 'file'), 'kept');
    await expect(() => write(name)).toThrowDebertaError('output', /a.txt could not be written: .* file/);
    expect(await contents()).toEqual({ file: 'kept' });
  });

  test('cannot write over a folder, which stays, and leaves no temporary file', async () => {
    await mkdir(join(root, 'out'));
    await expect(() => write('out')).toThrowDebertaError('output', /a folder of that name is in the way/);
    expect(await contents()).toEqual({});
    expect(await folders()).toEqual(['out']);
  });
});
