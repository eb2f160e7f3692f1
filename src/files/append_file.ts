import { OutputError } from '../errors';
import { asOutput } from './as_output';
import { nodeBuiltin } from './node_builtins';

/** A file that grows at its end, piece by piece. */
export interface AppendedFile {
  /** Bytes in it. */
  readonly size: number;
  /**
   * Appends bytes, after those of earlier calls, and returns when the system has them all: they are then in the file
   * even if this process is killed.
   *
   * @throws {OutputError} when they cannot be written; what was written of them is cut off again.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** The bytes at its end, at most so many. */
  readEnd(most: number): Promise<Uint8Array>;
  /** Cuts off what is behind its first bytes. */
  cut(size: number): Promise<void>;
  /** Waits for what is being written; a second call does nothing more. */
  close(): Promise<void>;
}

/**
 * Opens a file to append to it, and makes the folders it lies in.
 *
 * @param isNew refuses a file that is there already; otherwise it is gone on with.
 * @throws {OutputError} when it cannot be opened for writing (no permission, a file in the way).
 *
 * @example
 * const file = await openToAppend('runs/log.txt', { isNew: false });
 * await file.write(new TextEncoder().encode('a line\n'));
 * await file.close();
 */
export async function openToAppend(path: string, { isNew }: { isNew: boolean }): Promise<AppendedFile> {
  const fs = nodeBuiltin('node:fs/promises');
  const [handle, before] = await asOutput(path, async () => {
    await fs.mkdir(nodeBuiltin('node:path').dirname(path), { recursive: true });
    const opened = await fs.open(path, isNew ? 'ax+' : 'a+');
    return [opened, (await opened.stat()).size] as const;
  });
  let size = before;
  let closing: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other, so that pieces neither mix nor swap. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (closing !== undefined) {
      throw new OutputError(`${path} is closed and takes nothing more; open it again to append to it.`, { path });
    }
    const turn = last.then(() => asOutput(path, act));
    last = turn.catch(() => undefined);
    return turn;
  }

  async function append(bytes: Uint8Array): Promise<void> {
    try {
      await handle.appendFile(bytes);
    } catch (error) {
      await handle.truncate(size);
      throw error;
    }
    size += bytes.byteLength;
  }

  return {
    get size() {
      return size;
    },
    write: async (bytes) => inTurn(() => append(bytes)),
    readEnd: async (most) =>
      inTurn(async () => {
        const bytes = new Uint8Array(Math.min(most, size));
        const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, size - bytes.byteLength);
        return bytes.subarray(0, bytesRead);
      }),
    cut: async (bytes) =>
      inTurn(async () => {
        await handle.truncate(bytes);
        size = bytes;
      }),
    close() {
      closing ??= last.then(() => handle.close());
      return closing;
    },
  };
}
