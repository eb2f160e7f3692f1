import type { Writable } from 'node:stream';
import { OutputError } from '../errors';

/** Nobody reads the output any more, as when `head` has seen enough: no failure, but no reason to go on. */
export class ClosedPipe extends Error {}

/**
 * Writes text and waits until it is taken, so that a slow reader slows the command down instead of filling memory.
 *
 * @throws {ClosedPipe} when nobody reads it.
 * @throws {OutputError} when it cannot be written, as on a full disk.
 */
export function writeText(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error: NodeJS.ErrnoException | null | undefined) => {
      if (!error) resolve();
      else if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') reject(new ClosedPipe());
      else reject(toOutputError(error));
    });
  });
}

function toOutputError(cause: NodeJS.ErrnoException): OutputError {
  const reason = cause.code === 'ENOSPC' ? 'the disk is full' : `the system reports ${cause.code}`;
  return new OutputError(`The output could not be written: ${reason}; choose another place for it.`, { cause });
}
