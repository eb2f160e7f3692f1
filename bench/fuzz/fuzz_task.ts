import { convertCheckpoint, DebertaError, type DebertaErrorCode } from '../../src/index';

/** A damaged checkpoint, and where to put what is made of it. */
export interface FuzzTask {
  readonly source: string;
  readonly output: string;
}

/** What became of it. */
export interface FuzzTaskResult {
  readonly outcome: 'refused' | 'read' | 'error';
  /** Of an error that should not be. */
  readonly message?: string;
  readonly milliseconds: number;
  /** Largest resident memory of the process in its whole life. */
  readonly peakBytes: number;
}

/** The codes of errors that say what is wrong with a checkpoint. */
const REFUSALS: readonly DebertaErrorCode[] = ['checkpoint', 'config'];

process.on('message', async ({ source, output }: FuzzTask) => {
  const start = performance.now();
  const outcome = await convertCheckpoint(source, output, { overwrite: true, format: 'safetensors' }).then(
    () => ({ outcome: 'read' }) as const,
    (error: unknown) => {
      if (error instanceof DebertaError && REFUSALS.includes(error.code)) return { outcome: 'refused' } as const;
      return { outcome: 'error', message: error instanceof Error ? `${error.stack}` : String(error) } as const;
    },
  );
  const milliseconds = performance.now() - start;
  // Node reports kilobytes.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.send!({ ...outcome, milliseconds, peakBytes } satisfies FuzzTaskResult);
});
