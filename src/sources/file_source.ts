import type { RandomAccessFile } from './random_access_file';

/** A place that holds the files of a checkpoint: a folder, a web address, a repository of the Hugging Face hub. */
export interface FileSource {
  /** What messages call it: the folder's path, the URL, or the repository's id. */
  readonly location: string;
  /** Path of the folder, where the place is one of this machine. */
  readonly folder?: string;
  /** Names of the files right in it; undefined where the place cannot say, as a web server. */
  list(): Promise<readonly string[] | undefined>;
  /** Whether there is a file of this name; folders in the name are separated by `/`. */
  has(name: string): Promise<boolean>;
  /** Path or URL of a file, for messages. */
  pathOf(name: string): string;
  /** @throws {CheckpointError} when there is no such file or it cannot be read. */
  open(name: string): Promise<RandomAccessFile>;
  /**
   * Where the file lies on this machine, for libraries that read files themselves; it is fetched first where it must be.
   *
   * @throws {CheckpointError} as {@link open}; {@link UsageError} where there are no files, as in a browser.
   */
  localPath(name: string): Promise<string>;
}

/** The first of some files that is there, asked for in order. */
export async function firstPresent(source: FileSource, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await source.has(name)) return name;
  return undefined;
}
