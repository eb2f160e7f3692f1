import { Writable } from 'node:stream';
import { type ProgressLogOptions, progressLog } from '../../../src/training/logs/progress_log';
import type { LogRecord } from '../../../src/training/training_log';

let now: number;

beforeEach(() => {
  now = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => jest.restoreAllMocks());

/** A stream, and what was written to it without the codes that move the cursor. */
function output(isTTY: boolean) {
  let written = '';
  const stream = Object.assign(
    new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        written += text;
        done();
      },
    }),
    { isTTY, columns: 200 },
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one.
  const text = () => written.replace(/\u001b(\[[?\d;]*[a-zA-Z]|[78])/g, '\r');
  const isInOrder = () => written.lastIndexOf('\u001b[?25h') >= written.lastIndexOf('\u001b[?25l');
  return { stream, text, isInOrder };
}

/** Writes records ten seconds apart, and gives the lines. */
function linesOf(records: readonly LogRecord[], options: Partial<ProgressLogOptions> = {}): string[] {
  const { stream, text } = output(false);
  const log = progressLog({ totalSteps: 1000, stream, ...options });
  for (const record of records) {
    log.write(record);
    now += 10_000;
  }
  log.close();
  return text().trimEnd().split('\n');
}

const train = (step: number, values: Record<string, number> = { loss: 0.5 }): LogRecord => ({
  kind: 'train',
  step,
  values,
});
const evaluation: LogRecord = { kind: 'eval', step: 200, values: { loss: 0.41234567, f1: 0.9 } };

describe('progressLog where nobody watches', () => {
  test('writes a line for each record, with the time that is left from the second on', () => {
    const values = {
      loss: 0.65432,
      learning_rate: 2e-5,
      gradient_norm: 1.5,
      tokens_per_second: 5120.4,
      memory_mb: 812.43,
    };
    expect(linesOf([train(100, values), train(200, values), evaluation])).toEqual([
      'step 100 of 1,000 | loss 0.6543 | lr 2e-5 | gradient 1.5 | 5,120 tokens/s | 812.4 MB',
      'step 200 of 1,000 | loss 0.6543 | lr 2e-5 | gradient 1.5 | 5,120 tokens/s | 812.4 MB | 1m 20s left',
      'step 200 of 1,000 | eval | loss 0.4123 | f1 0.9',
    ]);
  });

  test('writes a line for every few records, and for every evaluation', () => {
    const records = [train(1), train(2), train(3), evaluation, train(4)];
    expect(linesOf(records, { recordsPerLine: 3 }).map((line) => line.split(' of ')[0])).toEqual([
      'step 1',
      'step 200',
      'step 4',
    ]);
  });

  test.each([
    ['a run that was resumed', [train(900), train(950)], /\| 10s left$/],
    ['steps that go back', [train(900), train(800)], /loss 0\.5$/],
    ['more steps than were to come', [train(900), train(1100)], /loss 0\.5$/],
    ['numbers that are none', [train(1, { loss: NaN, gradient_norm: Infinity })], /loss NaN \| gradient Infinity$/],
    ['a record without values', [train(1, {})], /^step 1 of 1,000$/],
  ])('takes %s', (_what, records, last) => {
    expect(linesOf(records).at(-1)).toMatch(last);
  });

  test('writes to the console where there is no standard error', () => {
    const info = jest.spyOn(console, 'info').mockImplementation(() => {});
    const { getBuiltinModule } = process;
    Object.assign(process, { getBuiltinModule: undefined });
    try {
      progressLog({ totalSteps: 10 }).write(train(1));
    } finally {
      Object.assign(process, { getBuiltinModule });
    }
    expect(info.mock.calls).toEqual([['step 1 of 10 | loss 0.5']]);
  });
});

describe('progressLog in a terminal', () => {
  test('shows a bar, keeps evaluations above it and leaves the last values behind', () => {
    const { stream, text, isInOrder } = output(true);
    const log = progressLog({ totalSteps: 1000, stream });
    log.write(train(100));
    expect(text()).toMatch(/Training \[=+-+\] 10% \| 100 of 1,000 \| loss 0\.5/);
    expect(isInOrder()).toBe(false);
    now = 10_000;
    log.write(evaluation);
    log.write(train(200));
    log.close();
    log.close();
    const lines = text()
      .split('\n')
      .map((line) => line.split('\r').at(-1));
    expect(lines).toEqual(['step 200 of 1,000 | eval | loss 0.4123 | f1 0.9', 'step 200 of 1,000 | loss 0.5', '']);
    expect(isInOrder()).toBe(true);
  });

  test('can be closed before anything was shown', () => {
    const { stream, text } = output(true);
    progressLog({ totalSteps: 1, stream }).close();
    expect(text().trim()).toBe('');
  });
});

describe('progressLog', () => {
  test.each([
    [{ totalSteps: 0 }, /totalSteps must be a whole number of at least 1, received 0/],
    [{ totalSteps: NaN }, /received NaN/],
    [{ totalSteps: 1, recordsPerLine: 1.5 }, /recordsPerLine must be .* received 1\.5/],
  ])('refuses %p', (options, message) => {
    expect(() => progressLog(options)).toThrowDebertaError('usage', message);
  });
});
