import { logger } from '../logger';
import type { LogRecord, TrainingLog } from './training_log';

/** The logs of a run as one. A log that fails is left out from then on, with a warning: the run matters more. */
export class RunLogs {
  readonly #logs: readonly TrainingLog[];
  readonly #failed = new Set<TrainingLog>();

  constructor(logs: readonly TrainingLog[]) {
    this.#logs = logs;
  }

  /** Writes a record to each log, in their order. */
  async write(record: LogRecord): Promise<void> {
    for (const log of this.#logs) if (!this.#failed.has(log)) await this.#guard(log, () => log.write(record));
  }

  /** Closes each log, those that failed included. */
  async close(): Promise<void> {
    for (const log of this.#logs) await this.#guard(log, () => log.close());
  }

  async #guard(log: TrainingLog, act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#failed.add(log);
      logger.warn(`A log of the run failed, and the run goes on without it: ${(error as Error).message}`);
    }
  }
}
