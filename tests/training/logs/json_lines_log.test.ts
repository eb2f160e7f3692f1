import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logger } from '../../../src/logger';
import { jsonLinesLog } from '../../../src/training/logs/json_lines_log';
import { readTrainingLog } from '../../../src/training/logs/read_training_log';
import type { LogRecord } from '../../../src/training/training_log';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-lines-log-'));
  path = join(folder, 'runs', 'log.jsonl');
});

afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function append(...records: LogRecord[]): Promise<void> {
  const log = await jsonLinesLog(path);
  for (const record of records) await log.write(record);
  await log.close();
}

/** Puts a log there that ends so. */
async function existing(text: string): Promise<void> {
  path = join(folder, 'log.jsonl');
  await writeFile(path, text);
}

const content = () => readFile(path, 'utf8');
const train = (step: number, loss = 0.5): LogRecord => ({ kind: 'train', step, values: { loss } });
const LINE = '{"kind":"train","step":1,"loss":0.5}\n';

describe('jsonLinesLog', () => {
  test('writes a line for each record and goes on with a file that is there', async () => {
    await append({ kind: 'train', step: 10, values: { loss: 0.5, learning_rate: 2e-5 } });
    await append({ kind: 'eval', step: 10, values: { f1: 1 }, histograms: { kernel: Float32Array.of(1) } });
    expect(await content()).toBe(
      '{"kind":"train","step":10,"loss":0.5,"learning_rate":0.00002}\n{"kind":"eval","step":10,"f1":1}\n',
    );
  });

  test('has each line in the file when write returns', async () => {
    const log = await jsonLinesLog(path);
    await log.write(train(1));
    expect(await content()).toBe(LINE);
    await log.close();
  });

  test('says numbers that JSON lacks as texts, and reads them back', async () => {
    const record: LogRecord = { kind: 'train', step: 1, values: { a: NaN, b: Infinity, c: -Infinity, d: -0.5 } };
    await append(record);
    expect(await content()).toBe('{"kind":"train","step":1,"a":"NaN","b":"Infinity","c":"-Infinity","d":-0.5}\n');
    expect(await readTrainingLog(path)).toEqual([record]);
  });

  test.each(['kind', 'step'])('refuses a value that is named %s', async (name) => {
    await expect(() => append({ kind: 'train', step: 1, values: { [name]: 1 } })).toThrowDebertaError(
      'input',
      /must not be named (kind|step), .* rename it/,
    );
  });

  const torn: Array<[what: string, before: string, kept: string]> = [
    ['a line', `${LINE}{"kind":"tr`, LINE],
    ['a line within a character', `${LINE}{"kind":"train","step":2,"\xc3`, LINE],
    ['the first line', '{"ki', ''],
  ];
  test.each(torn)('drops the torn end of %s with a warning', async (_what, before, kept) => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    await existing(before);
    await append(train(1));
    expect(await content()).toBe(kept + LINE);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/last line of .*log\.jsonl is torn/)]]);
  });

  test.each([
    ['an empty file', ''],
    ['a last line without an end', LINE.trimEnd()],
    ['line ends of Windows', LINE.replace('\n', '\r\n')],
  ])('takes %s as it is', async (_what, before) => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    await existing(before);
    await append(train(2));
    expect((await content()).startsWith(before)).toBe(true);
    expect(await readTrainingLog(path)).toEqual([...(before === '' ? [] : [train(1)]), train(2)]);
    expect(warn).not.toHaveBeenCalled();
  });

  test.each([
    ['text', 'some notes\nof mine'],
    ['other JSON lines', '{"text":"a"}\n{"text":'],
    ['another JSON file', '{\n  "kind": "train"\n}\n'],
    ['bytes', '\0\x01\x02'.repeat(1000)],
    ['one endless line', `{"kind":"train"${' '.repeat(1 << 20)}`],
  ])('refuses %s and leaves it as it is', async (_what, before) => {
    await existing(before);
    await expect(() => jsonLinesLog(path)).toThrowDebertaError('output', /is no log of records as JSON lines/);
    expect(await content()).toBe(before);
  });

  test('may be closed twice, and takes nothing more', async () => {
    const log = await jsonLinesLog(path);
    await log.close();
    await log.close();
    await expect(async () => log.write(train(1))).toThrowDebertaError('output', /is closed and takes nothing more/);
  });

  test('refuses a place that cannot be written', async () => {
    await existing(LINE);
    await expect(() => jsonLinesLog(join(path, 'log'))).toThrowDebertaError('output', /could not be written: a/);
  });
});

describe('readTrainingLog', () => {
  test('keeps of steps that were done again the later records', async () => {
    await append(train(10), train(20, 9), { kind: 'eval', step: 20, values: { f1: 0.1 } }, train(30, 9));
    await append(train(20), { kind: 'eval', step: 20, values: { f1: 0.2 } }, train(30));
    expect(await readTrainingLog(path)).toEqual([
      train(10),
      train(20),
      { kind: 'eval', step: 20, values: { f1: 0.2 } },
      train(30),
    ]);
  });

  test('leaves out a torn last line with a warning', async () => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    await existing(`${LINE}{"kind"`);
    expect(await readTrainingLog(path)).toEqual([train(1)]);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['a broken line', `${LINE}{"kind":\n${LINE}`, /Line 2 of .*log\.jsonl must be a record such as/],
    ['a line of another kind', '{"kind":"test","step":1}\n', /Line 1 of/],
    ['a step that is no whole number', '{"kind":"eval","step":1.5}\n', /Line 1 of/],
    ['a value that is no number', '{"kind":"eval","step":1,"f1":null}\n', /Line 1 of/],
    ['a list', '[]\n', /Line 1 of/],
  ])('refuses %s', async (_what, text, message) => {
    await existing(text);
    await expect(() => readTrainingLog(path)).toThrowDebertaError('input', message);
  });

  test('refuses a file that is not there', async () => {
    await expect(() => readTrainingLog(path)).toThrowDebertaError('input', /cannot be read \(ENOENT\)/);
  });
});
