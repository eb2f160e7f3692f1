import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TensorboardLogOptions, tensorboardLog } from '../../../src/training/logs/tensorboard_log';
import type { LogRecord } from '../../../src/training/training_log';
import { readEvents } from './event_records';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensorboard-log-'));
});

afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** The bytes that a log gives to whoever takes them. */
async function bytesOf(records: readonly LogRecord[], options?: TensorboardLogOptions): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const log = await tensorboardLog({ write: (bytes) => void pieces.push(bytes), close: () => {} }, options);
  for (const record of records) await log.write(record);
  await log.close();
  return Buffer.concat(pieces);
}

async function writeRun(step: number): Promise<void> {
  const log = await tensorboardLog(folder);
  await log.write({ kind: 'train', step, values: { loss: 1 } });
  await log.close();
}

const loss: LogRecord = { kind: 'train', step: 10, values: { loss: 0.5 } };

describe('tensorboardLog', () => {
  test("writes the bytes that TensorBoard's own writer does", async () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_250);
    const settings = { learningRate: 2e-5, note: 'a | b', layers: [1, 2], left: undefined };
    const written = await bytesOf(
      [
        {
          kind: 'train',
          step: 10,
          values: { loss: 0.75, gradient_norm: NaN },
          histograms: { kernel: Float32Array.of(-2, 0.5, 0.5, 3) },
        },
        { kind: 'eval', step: 2 ** 40, values: { f1: 0 } },
      ],
      { settings },
    );
    const golden = await readFile(join(__dirname, '../../fixtures/event_files/run.tfevents'));
    expect(readEvents(written)).toEqual(readEvents(golden));
    expect(written.equals(golden)).toBe(true);
  });

  test('tells of values in a histogram that are not finite', async () => {
    const histograms = { kernel: Float32Array.of(NaN, 1), bias: Float32Array.of(Infinity) };
    const events = readEvents(await bytesOf([{ ...loss, values: {}, histograms }]));
    expect(events.at(-1)!.summary!.value).toMatchObject([
      { tag: 'kernel', histo: { num: 1 } },
      { tag: 'kernel/not_finite', simple_value: 1 },
      { tag: 'bias/not_finite', simple_value: 1 },
    ]);
  });

  test('puts the file into a folder named for the run, by a name that TensorBoard knows', async () => {
    const log = await tensorboardLog(folder, { runName: 'deep/first' });
    await log.close();
    const names = await readdir(join(folder, 'deep/first'));
    expect(names).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\.[\w.-]+\.\d+$/)]);
  });

  test('has each record in the file at once', async () => {
    const log = await tensorboardLog(folder);
    const [name] = await readdir(folder);
    for (const count of [3, 4]) {
      await log.write(loss);
      expect(readEvents(await readFile(join(folder, name!)))).toHaveLength(count);
    }
    await log.close();
  });

  test('leaves what can be read up to any byte where it was cut', async () => {
    const bytes = await bytesOf([loss, loss, loss]);
    const whole = readEvents(bytes);
    for (let length = 0; length < bytes.length; length++) {
      const events = readEvents(bytes.subarray(0, length));
      expect(events).toEqual(whole.slice(0, events.length));
    }
  });

  test('gives a resumed run a file of its own, later in the order of names, that starts at its first step', async () => {
    await writeFile(join(folder, 'events.out.tfevents.4000000000.elsewhere.1'), '');
    for (const step of [10, 5]) await writeRun(step);
    const names = (await readdir(folder)).sort();
    expect(names.map((name) => name.split('.')[3])).toEqual(['4000000000', '4000000001', '4000000002']);
    const files = await Promise.all(names.slice(1).map((name) => readFile(join(folder, name))));
    expect(files.map((bytes) => readEvents(bytes)[1])).toMatchObject([
      { step: 10, session_log: { status: 1 } },
      { step: 5, session_log: { status: 1 } },
    ]);
  });

  test('may be closed twice, and takes nothing more', async () => {
    const log = await tensorboardLog(folder);
    await log.close();
    await log.close();
    await expect(async () => log.write(loss)).toThrowDebertaError('output', /is closed and takes nothing more/);
  });

  test('refuses a folder that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(() => tensorboardLog(join(folder, 'file', 'runs'))).toThrowDebertaError(
      'output',
      /file\/runs could not be written: a part of the path is a file, not a folder/,
    );
  });

  test('refuses settings that contain themselves, and makes no file', async () => {
    const own: Record<string, unknown> = {};
    own.self = own;
    await expect(() => tensorboardLog(folder, { settings: { own } })).toThrowDebertaError(
      'input',
      /setting own must be something that JSON can hold/,
    );
    expect(await readdir(folder)).toEqual([]);
  });
});
