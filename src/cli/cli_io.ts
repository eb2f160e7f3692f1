import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command reads and writes: the process's own streams, or a test's. */
export interface CliIo {
  readonly stdin: Readable & Terminal;
  /** Results. */
  readonly stdout: Writable & Terminal;
  /** Everything else: warnings, errors, progress. */
  readonly stderr: Writable & Terminal;
  /** Aborted when the user interrupts: commands then clean up and stop. */
  readonly signal: AbortSignal;
}
