import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { FuzzTask, FuzzTaskResult } from './fuzz_task';

/** Far more than any small file may take. */
const HANG_MILLISECONDS = 30_000;

/** A process that reads one checkpoint after the other, and is started anew when it crashes or hangs. */
export class FuzzProcess {
  #child: ChildProcess | undefined;

  /** Reads a checkpoint; that the process ends or does not answer is a result too. */
  async run(task: FuzzTask): Promise<FuzzTaskResult> {
    const child =
      this.#child ?? fork(join(__dirname, 'fuzz_task.ts'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#child = child;
    const start = performance.now();
    const ended = (message: string): FuzzTaskResult => {
      this.close();
      return { outcome: 'error', message, milliseconds: performance.now() - start, peakBytes: 0 };
    };
    return new Promise((resolve) => {
      const settle = (result: FuzzTaskResult) => {
        clearTimeout(watchdog);
        child.removeAllListeners();
        resolve(result);
      };
      const watchdog = setTimeout(() => settle(ended('It hangs.')), HANG_MILLISECONDS);
      child.once('message', (result) => settle(result as FuzzTaskResult));
      child.once('exit', (code, signal) => settle(ended(`The process ended with ${code ?? signal}.`)));
      child.send(task);
    });
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
