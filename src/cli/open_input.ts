import { open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { InputError, UsageError } from '../errors';
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

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission is denied',
  EISDIR: 'it is a folder',
};

async function openFile(path: string, signal: AbortSignal): Promise<Input> {
  try {
    const handle = await open(path);
    const stats = await handle.stat();
    if (stats.isDirectory()) {
      await handle.close();
      throw Object.assign(new Error(path), { code: 'EISDIR' });
    }
    const stream = handle.createReadStream({ signal });
    return { name: path, stream, size: stats.isFile() ? stats.size : undefined, position: () => stream.bytesRead };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'an unknown problem';
    throw new InputError(
      `${path} could not be read: ${REASONS[code] ?? `the system reports ${code}`}; name a file of texts.`,
      {
        path,
        cause,
      },
    );
  }
}
