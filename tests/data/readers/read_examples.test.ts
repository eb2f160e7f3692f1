import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from '../../../src/data/readers/data_source';
import { readExamples } from '../../../src/data/readers/read_examples';
import { logger } from '../../../src/logger';
import { inChunks, valuesOf } from './support';

describe('readExamples', () => {
  const text = '{"a":1}\n{"a":2}\n';
  const sources: [name: string, source: DataSource][] = [
    ['a text', { text }],
    ['a Blob', new Blob([text])],
    ['a function that gives a Response', () => new Response(text)],
    ['a function that gives chunks', inChunks(text, 3)],
    ['chunks that can be read again', { [Symbol.asyncIterator]: inChunks(text, 3) }],
  ];
  test.each(sources)('reads %s in each pass', async (_name, source) => {
    const rows = readExamples(source, { format: 'jsonl' });
    expect(await rows.toArray()).toHaveLength(2);
    expect(await rows.toArray()).toHaveLength(2);
  });

  test.each([
    ['a Response', new Response(text)],
    ['a generator', inChunks(text, 3)()],
  ] as [string, DataSource][])('%s can be read once', async (_name, source) => {
    const rows = readExamples(source, { format: 'jsonl', name: 'the answer' });
    expect(await rows.toArray()).toHaveLength(2);
    await expect(() => rows.toArray()).toThrowDebertaError('input', /the answer can be read only once.*a path/);
  });

  test('two passes at once count each for itself', async () => {
    const rows = readExamples({ text: `${text}7\n` }, { format: 'jsonl', name: 'x', onBadRow: 'skip' });
    const warn = jest.spyOn(logger, 'warn').mockImplementation();
    const first = rows[Symbol.asyncIterator]();
    await first.next();
    expect(await rows.toArray()).toHaveLength(2);
    expect(rows.report).toEqual({ rows: 3, skipped: 1, reasons: [expect.stringMatching(/^Line 3 of x/)] });
    expect([await first.next(), await first.next()]).toMatchObject([{ done: false }, { done: true }]);
    expect(rows.report.rows).toBe(3);
    // The same rows are told once.
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('takes the format from the name of a file or an address', async () => {
    const response = new Response(text);
    Object.defineProperty(response, 'url', { value: 'https://example.org/data/train.jsonl?token=secret' });
    expect(readExamples(response).name).toBe('/data/train.jsonl');
    expect(readExamples(new File([text], 'train.jsonl')).name).toBe('train.jsonl');
  });

  test.each([
    ['train.parquet', {}],
    ['train', {}],
    ['train.csv', { format: 'excel' as 'csv' }],
  ])('refuses %s %j', (path, options) => {
    expect(() => readExamples(path, options)).toThrowDebertaError('input', /must end in \.jsonl.*give format/);
  });
});

describe('readExamples of a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-examples-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('reads it', async () => {
    const path = join(folder, 'a.csv');
    await writeFile(path, 'text\nhello\n');
    expect(await valuesOf(path, {})).toEqual([{ text: 'hello' }]);
  });

  test.each([
    ['missing.csv', 'jsonl', /missing\.csv could not be read: it does not exist/],
    ['.', 'jsonl', /could not be read: it is a folder/],
  ] as const)('refuses %s', async (name, format, message) => {
    const rows = readExamples(join(folder, name), { format });
    await expect(() => rows.toArray()).toThrowDebertaError('input', message);
  });

  test('needs Node for a path', async () => {
    const builtin = jest.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    await expect(() => readExamples('a.csv').toArray()).toThrowDebertaError('usage', /which only Node\.js/);
    builtin.mockRestore();
  });

  test('refuses an answer of a server that is none', async () => {
    const rows = readExamples(() => new Response('no', { status: 404 }), { format: 'jsonl' });
    await expect(() => rows.toArray()).toThrowDebertaError('input', /the server answered 404/);
  });
});
