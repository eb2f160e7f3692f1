import { convertCheckpoint } from '../../src/index';

/** One conversion. */
export interface ConvertTask {
  readonly source: string;
  readonly output: string;
}

/** What it took. */
export interface ConvertTaskResult {
  /** Largest resident memory of the process in its whole life. */
  readonly peakBytes: number;
  readonly seconds: number;
}

process.once('message', async ({ task }: { task?: ConvertTask }) => {
  const start = performance.now();
  if (task !== undefined) await convertCheckpoint(task.source, task.output);
  const seconds = (performance.now() - start) / 1000;
  // Node reports kilobytes.
  const result: ConvertTaskResult = { peakBytes: process.resourceUsage().maxRSS * 1024, seconds };
  process.send!(result, () => process.disconnect());
});
