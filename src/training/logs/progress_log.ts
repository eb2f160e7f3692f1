import { isNode } from '../../files/node_builtins';
import { type ProgressStream, terminalBar } from '../../files/terminal_bar';
import type { LogRecord, TrainingLog } from '../training_log';
import { describeValues } from './describe_values';
import { formatDuration } from './format_duration';
import { requireWhole } from './require_whole';

/** Options of `progressLog`. */
export interface ProgressLogOptions {
  /** Steps of the whole run, those before a resumption included. */
  readonly totalSteps: number;
  /** Standard error by default; in a browser the console. */
  readonly stream?: ProgressStream;
  /** Where the stream is no terminal: every how many `train` records a line is written; 1 by default. */
  readonly recordsPerLine?: number;
}

/**
 * Shows how a run goes: in a terminal a bar with the values of the last `train` record and the time that is left,
 * elsewhere a line for each record. Results of evaluations are lines that stay, in a terminal too.
 *
 * @throws {UsageError} when a number of steps or records is none.
 *
 * @example
 * const log = progressLog({ totalSteps: 1000 });
 * log.write({ kind: 'train', step: 500, values: { loss: 0.4213, learning_rate: 2e-5 } });
 * // Training [====================--------------------] 50% | 500 of 1,000 | loss 0.4213 | lr 2e-5 | 3m 20s left
 */
export function progressLog({ totalSteps, stream = standard(), recordsPerLine = 1 }: ProgressLogOptions): TrainingLog {
  requireWhole('totalSteps', totalSteps, 1);
  requireWhole('recordsPerLine', recordsPerLine, 1);
  const timeLeft = estimate(totalSteps);
  const total = totalSteps.toLocaleString('en-US');
  const print: Print = (step, ...parts) =>
    stream.write(`step ${step.toLocaleString('en-US')} of ${total}${textOf(...parts)}\n`);
  return stream.isTTY === true ? asBar(stream, totalSteps, timeLeft, print) : asLines(recordsPerLine, timeLeft, print);
}

type Print = (step: number, ...parts: string[]) => void;

/** Says how long the run still takes, from what came between the first record and this; empty where nothing did. */
type TimeLeft = (step: number) => string;

function asBar(stream: ProgressStream, totalSteps: number, timeLeft: TimeLeft, print: Print): TrainingLog {
  const bar = terminalBar(stream, {
    format: `Training [{bar}] {percentage}% | {value} of {total}{texts}`,
    formatValue: (value, _options, type) =>
      type === 'value' || type === 'total' ? value.toLocaleString('en-US') : String(value),
  });
  let last: LogRecord | undefined;
  const draw = ({ step, values }: LogRecord) =>
    bar.update(step, totalSteps, { texts: textOf(describeValues(values), timeLeft(step)) });
  return {
    write(record) {
      if (record.kind === 'train') {
        last = record;
        draw(record);
        return;
      }
      bar.stop();
      print(record.step, 'eval', describeValues(record.values));
      if (last !== undefined) draw(last);
    },
    close() {
      bar.stop();
      if (last !== undefined) print(last.step, describeValues(last.values));
      last = undefined;
    },
  };
}

function asLines(recordsPerLine: number, timeLeft: TimeLeft, print: Print): TrainingLog {
  let records = 0;
  return {
    write({ kind, step, values }) {
      const left = timeLeft(step);
      if (kind === 'eval') print(step, 'eval', describeValues(values));
      else if (records++ % recordsPerLine === 0) print(step, describeValues(values), left);
    },
    close() {},
  };
}

/** What follows in a line: parts that are not empty, each behind a bar. */
function textOf(...parts: string[]): string {
  return parts.map((part) => (part === '' ? '' : ` | ${part}`)).join('');
}

function estimate(totalSteps: number): TimeLeft {
  let first: { readonly step: number; readonly time: number } | undefined;
  return (step) => {
    const time = Date.now();
    first ??= { step, time };
    const done = step - first.step;
    if (done <= 0 || step > totalSteps) return '';
    return `${formatDuration(((time - first.time) / 1000 / done) * (totalSteps - step))} left`;
  };
}

/** Standard error where there is one. */
function standard(): ProgressStream {
  return isNode() ? process.stderr : { write: (text) => console.info(text.trimEnd()) };
}
