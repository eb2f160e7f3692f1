import type { HubFile } from './hub_file';
import type { RandomAccessFile } from './random_access_file';

/** A file of a commit; what it must hold is unknown where the list of the commit's files was not kept. */
export type CachedFile = Pick<HubFile, 'path'> & Partial<HubFile>;

/** What is known of a revision without asking the hub. */
export interface CachedRevision {
  readonly commit: string;
  /** Its files; where the list was not kept, those that are cached. */
  readonly files: readonly CachedFile[];
}

/** Keeps files of one repository of the hub. */
export interface HubCache {
  /** What messages call it. */
  readonly location: string;
  /** The commit that a revision stood for when it was last asked for. */
  find(revision: string): Promise<CachedRevision | undefined>;
  /** The complete list of files of a commit, where it was kept. */
  filesOf(commit: string): Promise<readonly HubFile[] | undefined>;
  /** Keeps both for {@link find}. */
  remember(revision: string, commit: string, files: readonly HubFile[]): Promise<void>;
  /** A file, fetched first where it is not kept and `offline` is not set. */
  open(commit: string, file: CachedFile): Promise<RandomAccessFile>;
  /** As in `FileSource`. */
  localPath(commit: string, file: CachedFile): Promise<string>;
}
