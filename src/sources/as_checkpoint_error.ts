import { CheckpointError, DebertaError } from '../errors';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; put the missing file beside the others or get the checkpoint again',
  EACCES: 'permission is denied; allow reading it',
  EPERM: 'permission is denied; allow reading it',
  EISDIR: 'it is a folder, not a file; name a weights file or the folder that holds it',
  ENOTDIR: 'a part of its path is a file, not a folder; check the path',
  ELOOP: 'it is a link that leads back to itself; get the checkpoint again',
};

/** Does something that reads, and turns the operating system's error into a {@link CheckpointError}. */
export async function asCheckpointError<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DebertaError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const reason = REASONS[code ?? ''] ?? `the system reports ${code ?? 'an unknown problem'}; check the disk`;
    throw new CheckpointError(`${path} could not be read: ${reason}.`, { path, cause: error });
  }
}
