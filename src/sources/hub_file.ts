/** Full name of a commit. */
export const COMMIT = /^[0-9a-f]{40}$/;

/** A file of a commit of the hub. */
export interface HubFile {
  /** Folders separated by `/`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Hash of the content, which names it in the cache: SHA-256 of large files, git's SHA-1 of small ones. */
  readonly id: string;
}

/** Checks what a server or a file says of a {@link HubFile}. @throws {TypeError} when it cannot be one. */
export function readHubFile({ path, size, id }: { path: unknown; size: unknown; id: unknown }): HubFile {
  if (
    typeof path === 'string' &&
    isPlainPath(path) &&
    typeof size === 'number' &&
    Number.isSafeInteger(size) &&
    size >= 0 &&
    typeof id === 'string' &&
    /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id)
  ) {
    return { path, size, id };
  }
  throw new TypeError(`no file of the hub: ${JSON.stringify({ path, size, id })}`);
}

/** Whether a path stays in its folder on every system. */
export function isPlainPath(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\0]/.test(part));
}
