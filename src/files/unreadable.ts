import { InputError } from '../errors';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'permission is denied',
  EISDIR: 'it is a folder',
};

/**
 * The operating system's error on reading a file of texts as a sentence.
 *
 * @param path the file, for the sentence.
 */
export function unreadable(path: string, cause: unknown): InputError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'an unknown problem';
  const reason = REASONS[code] ?? `the system reports ${code}`;
  return new InputError(`${path} could not be read: ${reason}; name a file of texts.`, { path, cause });
}
