import { CheckpointError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';

/** A file open for reading at any place. */
export interface RandomAccessFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** @throws {CheckpointError} when the file ends before `position + length`. */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file of a checkpoint. @throws {CheckpointError} when it is missing or cannot be read. */
export async function openRandomAccessFile(path: string): Promise<RandomAccessFile> {
  const handle = await asCheckpointError(path, () => nodeBuiltin('node:fs/promises').open(path, 'r'));
  const { size } = await asCheckpointError(path, () => handle.stat());
  return {
    path,
    size,
    async read(position, length) {
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < length; ) {
        const { bytesRead } = await asCheckpointError(path, () =>
          handle.read(bytes, filled, length - filled, position + filled),
        );
        if (bytesRead === 0) {
          throw new CheckpointError(
            `${path} ends at byte ${position + filled} where ${position + length} bytes were expected; get the file again.`,
            { path, expected: position + length, received: position + filled },
          );
        }
        filled += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; put the missing file beside the others or get the checkpoint again',
  EACCES: 'permission is denied; allow reading it',
  EPERM: 'permission is denied; allow reading it',
  EISDIR: 'it is a folder, not a file; name a weights file or the folder that holds it',
  ENOTDIR: 'a part of its path is a file, not a folder; check the path',
};

/** Turns the operating system's error into a {@link CheckpointError}. */
export async function asCheckpointError<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = REASONS[code ?? ''] ?? `the system reports ${code ?? 'an unknown problem'}; check the disk`;
    throw new CheckpointError(`${path} could not be read: ${reason}.`, { path, cause: error });
  }
}
