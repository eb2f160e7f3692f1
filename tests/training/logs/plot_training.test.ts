import { plotTraining, type TextPlotOptions } from '../../../src/training/logs/plot_training';
import type { LogRecord } from '../../../src/training/training_log';
import { RUN, record } from './run_records';

const SIZE = { width: 30, height: 6 };

const linesOf = (records: readonly LogRecord[], options: TextPlotOptions = {}) =>
  plotTraining(records, { ...SIZE, ...options })
    .trimEnd()
    .split('\n');

describe('plotTraining', () => {
  test('draws the loss and what was measured in evaluations, one below the other', () => {
    expect(linesOf(RUN)).toEqual([
      'loss',
      ' ▲',
      '2┤━━━━━━┓',
      ' │      ┗━━━━●━━┓',
      '1┤              ┗━━━━━━━━━━━━━┓●',
      ' │                            ┗━',
      ' │',
      '0┤',
      ' └┬──────┬───────┬──────┬──────┬▶',
      ' 10     20      30     40     50',
      '█ train',
      '● eval',
      '',
      'f1',
      '   ▲',
      '0.8┤',
      '   │                            ┏━',
      '   │                            ┃',
      '0.6┤                            ┃',
      '   │━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛',
      '0.4┤',
      '   └┬─────┬─────┬────┬─────┬─────┬▶',
      '   25    30    35   40    45    50',
      '█ eval',
    ]);
  });

  test('draws the values that are asked for', () => {
    const lines = linesOf(RUN, { values: ['learning_rate', 'unknown'] });
    expect(lines.filter((line) => /^[a-z_]+$/.test(line))).toEqual(['learning_rate']);
  });

  test('holds the line where dots lie beyond it', () => {
    const lines = linesOf([
      record('train', 10, { loss: 1 }),
      record('eval', 0, { loss: 2 }),
      record('eval', 20, { loss: 2 }),
    ]);
    expect(lines.filter((line) => line.includes('●') || line.includes('━'))).toEqual([
      '  2┤●                            ●',
      '  1┤━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━',
      '● eval',
    ]);
  });

  const odd: Array<[what: string, records: readonly LogRecord[]]> = [
    ['a single record', [record('train', 7, { loss: 0.5 })]],
    ['the same value throughout', [record('train', 1, { loss: 0 }), record('train', 9, { loss: 0 })]],
    ['records out of order', [...RUN].reverse()],
    [
      'values that are not finite',
      [...RUN, record('train', 60, { loss: NaN }), record('eval', 70, { loss: Infinity })],
    ],
    ['values at the ends of float32', [record('train', 1, { loss: -3e38 }), record('train', 2, { loss: 3e38 })]],
    ['the largest steps', [record('train', 0, { loss: 1 }), record('train', 2 ** 53, { loss: 2 })]],
    ['a hundred thousand records', Array.from({ length: 100_000 }, (_, step) => record('train', step, { loss: step }))],
    ['names of the language', [record('train', 1, { loss: 1 }), record('eval', 1, { constructor: 1 })]],
  ];
  test.each(odd)('takes %s', (_what, records) => {
    const lines = linesOf(records, { height: 12 });
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(SIZE.width + 20);
    expect(lines.join('\n')).toMatch(/^loss\n.*━.*█ train/s);
  });

  test.each([
    ['no records', [], undefined, /a finite value of loss, received 0 records/],
    ['no such value', RUN, ['accuracy'], /a finite value of accuracy/],
    [
      'none that is finite',
      [record('train', 1, { loss: NaN })],
      undefined,
      /a finite value of loss, received 1 records/,
    ],
    ['a value beyond float32', [record('train', 1, { loss: 1e300 })], undefined, /a finite value of loss/],
  ])('refuses %s', (_what, records, values, message) => {
    expect(() => plotTraining(records, values && { values })).toThrowDebertaError('input', message);
  });

  test.each([
    [{ width: 0 }, /width must be a whole number from 10 to 1000, received 0/],
    [{ width: 1e9 }, /width/],
    [{ height: NaN }, /height must be a whole number from 3 to 1000/],
  ])('refuses the size %p', (size, message) => {
    expect(() => plotTraining(RUN, size)).toThrowDebertaError('usage', message);
  });
});
