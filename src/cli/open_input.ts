import { addAbortSignal, type Readable } from 'node:stream';
import { UsageError } from '../errors';
import { openForReading } from '../files/open_for_reading';
import type { CliIo } from './cli_io';

/** A stream of text to read. */
export interface Input {
  /** For messages. */
  readonly name: string;
  readonly stream: Readable;
  /** In bytes; undefined when it is not known. */
  readonly size: number | undefined;
  /** Bytes read so far. */
  position(): number;
}

/**
 * Opens a file, or standard input when there is none or it is `-`.
 *
 * @throws {InputError} when the file cannot be read.
 * @throws {UsageError} when standard input is a terminal: nobody pipes anything in.
 */
export async function openInput(file: string | undefined, { stdin, signal }: CliIo): Promise<Input> {
  if (file !== undefined && file !== '-') return openFile(file, signal);
  if (file === undefined && stdin.isTTY === true) {
    throw new UsageError(
      'There must be a text, received none; write it on the command line, name a file by --file, or pipe lines in.',
    );
  }
  const stream = addAbortSignal(signal, stdin);
  return { name: 'standard input', stream, size: undefined, position: () => 0 };
}

async function openFile(path: string, signal: AbortSignal): Promise<Input> {
  const handle = await openForReading(path);
  const stats = await handle.stat();
  const stream = handle.createReadStream({ signal });
  return { name: path, stream, size: stats.isFile() ? stats.size : undefined, position: () => stream.bytesRead };
}
