import { OutputError } from '../errors';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and try again',
  EDQUOT: 'the disk quota is used up; free some space and try again',
  EFBIG: 'the file would exceed the largest size allowed here',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'a part of the path does not exist and cannot be made',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'a folder of that name is in the way',
  ENOTEMPTY: 'a folder of that name is in the way',
  ENAMETOOLONG: 'the name is too long',
};

/**
 * Does something that writes, and turns the operating system's error into an {@link OutputError}; other errors pass.
 *
 * @param destination the file or folder, for the sentence.
 */
export async function asOutput<T>(destination: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === undefined ? undefined : REASONS[code];
    if (reason === undefined) throw error;
    throw new OutputError(`${destination} could not be written: ${reason}.`, { path: destination, cause: error });
  }
}
