import { CheckpointError } from '../errors';
import { asOutput } from '../files/as_output';
import { writeFileAtomically } from '../files/atomic_write';
import { nodeBuiltin } from '../files/node_builtins';
import { hasContent } from './content_id';
import { downloadFile } from './download_file';
import type { HttpClient } from './http_client';
import type { StatusProblem } from './http_problem';
import type { CachedFile, CachedRevision, HubCache } from './hub_cache';
import { COMMIT, type HubFile, readHubFile } from './hub_file';
import { openLocalFile } from './local_file';
import { claimPartial } from './partial_download';
import { saveStream } from './save_stream';

/** What a {@link HubDiskCache} needs to know. */
export interface HubDiskCacheSettings {
  /** The cache of all repositories. */
  readonly folder: string;
  /** `owner/name`. */
  readonly name: string;
  readonly offline: boolean;
  readonly client: HttpClient;
  readonly statusProblem: StatusProblem;
  /** Where a file of a commit is downloaded from. */
  urlOf(commit: string, path: string): string;
}

/**
 * The cache on disk that all libraries of the hub share, in the layout of Python's `huggingface_hub`:
 * `models--<owner>--<name>/` with `blobs/<hash>`, `snapshots/<commit>/<file>` as links to them, and `refs/<revision>`.
 *
 * The package `@huggingface/hub` has a download into it, but one that cannot go on after a cut, verifies nothing, writes no
 * `refs`, asks the hub for every file of a branch each time, and prints. A file of this package's own,
 * `trees/<commit>.json`, lists a commit's files, so that a cached commit needs no request.
 */
export class HubDiskCache implements HubCache {
  readonly location: string;
  readonly #settings: HubDiskCacheSettings;
  readonly #repository: string;
  readonly #running = new Map<string, Promise<string>>();

  constructor(settings: HubDiskCacheSettings) {
    this.location = settings.folder;
    this.#settings = settings;
    this.#repository = this.#join(settings.folder, `models--${settings.name.replace('/', '--')}`);
  }

  async find(revision: string): Promise<CachedRevision | undefined> {
    const fs = nodeBuiltin('node:fs/promises');
    const read = () => fs.readFile(this.#place('refs', ...revision.split('/')), 'utf8').catch(() => undefined);
    const commit = COMMIT.test(revision) ? revision : (await read())?.trim();
    if (commit === undefined || !COMMIT.test(commit)) return undefined;
    const snapshot = this.#place('snapshots', commit);
    const entries = await fs.readdir(snapshot, { recursive: true, withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) return undefined;
    const { join, relative, sep } = nodeBuiltin('node:path');
    const cached = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => ({ path: relative(snapshot, join(entry.parentPath, entry.name)).replaceAll(sep, '/') }));
    return { commit, files: (await this.filesOf(commit)) ?? cached };
  }

  async filesOf(commit: string): Promise<readonly HubFile[] | undefined> {
    try {
      const text = await nodeBuiltin('node:fs/promises').readFile(this.#tree(commit), 'utf8');
      return (JSON.parse(text) as Parameters<typeof readHubFile>[0][]).map(readHubFile);
    } catch {
      // It is not there, or not as this class writes it: the hub has another.
      return undefined;
    }
  }

  async remember(revision: string, commit: string, files: readonly HubFile[]): Promise<void> {
    const ref = this.#place('refs', ...revision.split('/'));
    try {
      // Python's library takes a reference without its snapshot for damage.
      await nodeBuiltin('node:fs/promises').mkdir(this.#place('snapshots', commit), { recursive: true });
      if (revision !== commit) await writeIfOther(ref, commit);
      await writeIfOther(this.#tree(commit), JSON.stringify(files));
    } catch {
      // A cache that cannot be written may still hold all files; whoever downloads one is told.
    }
  }

  async open(commit: string, file: CachedFile) {
    return openLocalFile(await this.localPath(commit, file));
  }

  localPath(commit: string, file: CachedFile): Promise<string> {
    const pointer = this.#place('snapshots', commit, ...file.path.split('/'));
    let running = this.#running.get(pointer);
    if (running === undefined) {
      running = this.#obtain(pointer, commit, file).finally(() => this.#running.delete(pointer));
      this.#running.set(pointer, running);
    }
    return running;
  }

  async #obtain(pointer: string, commit: string, file: CachedFile): Promise<string> {
    const { name, offline } = this.#settings;
    const { path, size, id } = file;
    if (await isThere(pointer, size)) return pointer;
    if (offline || size === undefined || id === undefined) {
      throw new CheckpointError(
        `${name}/${path} could not be read: it is not in the cache ${this.location}, and there is to be no request; load it once without the option offline and HF_HUB_OFFLINE.`,
        { path: `${name}/${path}` },
      );
    }
    const blob = this.#place('blobs', id);
    const { dirname } = nodeBuiltin('node:path');
    await asOutput(this.location, async () => {
      const { mkdir } = nodeBuiltin('node:fs/promises');
      await mkdir(dirname(blob), { recursive: true });
      await mkdir(dirname(pointer), { recursive: true });
    });
    if (!(await isThere(blob, size))) await this.#download(blob, commit, { path, size, id });
    await asOutput(this.location, () => link(blob, pointer));
    return pointer;
  }

  /** Downloads a blob under another name and renames it once it is verified. */
  async #download(blob: string, commit: string, file: HubFile): Promise<void> {
    const fs = nodeBuiltin('node:fs/promises');
    const partial = await asOutput(this.location, () => claimPartial(blob));
    try {
      const resumed = await this.#fill(partial.path, commit, file);
      // What an earlier download left behind may be what is wrong.
      if (resumed && !(await hasContent(partial.path, file))) await this.#fill(partial.path, commit, file);
    } catch (error) {
      await partial.release().catch(() => {});
      throw error;
    }
    if (!(await hasContent(partial.path, file))) {
      await fs.rm(partial.path, { force: true });
      throw isCorrupt(`${this.#settings.name}/${file.path}`, file);
    }
    await asOutput(this.location, async () => {
      try {
        await fs.rename(partial.path, blob);
      } catch (error) {
        // Windows refuses when another process was faster and has the blob open.
        if (!(await isThere(blob, file.size))) throw error;
        await fs.rm(partial.path, { force: true });
      }
    });
  }

  /** @returns whether it went on with what was there. */
  async #fill(path: string, commit: string, file: HubFile): Promise<boolean> {
    const { client, name, statusProblem, urlOf } = this.#settings;
    const fs = nodeBuiltin('node:fs/promises');
    const found = await fs.stat(path).catch(() => undefined);
    // A whole file that is wrong, or one that is too long, is of no use.
    const start = found !== undefined && found.size < file.size ? found.size : 0;
    if (start === 0) await fs.rm(path, { force: true });
    const url = urlOf(commit, file.path);
    const what = `${name}/${file.path}`;
    const request = { url, what, file: file.path, start, size: file.size, immutable: true, statusProblem };
    await saveStream(path, downloadFile(client, request));
    return start > 0;
  }

  #tree(commit: string): string {
    return this.#place('trees', `${commit}.json`);
  }

  #place(...names: string[]): string {
    return this.#join(this.#repository, ...names);
  }

  #join(...names: string[]): string {
    return nodeBuiltin('node:path').join(...names);
  }
}

async function isThere(path: string, size: number | undefined): Promise<boolean> {
  const stats = await nodeBuiltin('node:fs/promises')
    .stat(path)
    .catch(() => undefined);
  return stats !== undefined && (size === undefined || stats.size === size);
}

async function writeIfOther(path: string, text: string): Promise<void> {
  const found = await nodeBuiltin('node:fs/promises')
    .readFile(path, 'utf8')
    .catch(() => undefined);
  if (found !== text) await writeFileAtomically(path, text);
}

/** Puts a link under its name in one step, or a copy where the system has no links. */
async function link(blob: string, pointer: string): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const { dirname, relative } = nodeBuiltin('node:path');
  const temporary = `${pointer}.${nodeBuiltin('node:crypto').randomBytes(4).toString('hex')}`;
  await fs.symlink(relative(dirname(pointer), blob), temporary).catch(() => fs.copyFile(blob, temporary));
  await fs.rename(temporary, pointer);
}

function isCorrupt(what: string, { id, size }: HubFile): CheckpointError {
  return new CheckpointError(
    `${what} was downloaded with another content than the hub names (${size} bytes of hash ${id}); try again.`,
    { path: what, expected: id },
  );
}
