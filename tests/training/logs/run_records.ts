import type { LogRecord } from '../../../src/training/training_log';

/** A record by its three parts. */
export const record = (kind: LogRecord['kind'], step: number, values: Record<string, number>): LogRecord => ({
  kind,
  step,
  values,
});

/** What a short run logs. */
export const RUN: readonly LogRecord[] = [
  ...[2, 1.5, 1.2, 1, 0.9].map((loss, index) => {
    const step = (index + 1) * 10;
    return record('train', step, { loss, learning_rate: 1e-3 / step });
  }),
  record('eval', 25, { loss: 1.4, f1: 0.5 }),
  record('eval', 50, { loss: 1.1, f1: 0.75 }),
];
