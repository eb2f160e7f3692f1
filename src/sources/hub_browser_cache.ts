import { CheckpointError, UsageError } from '../errors';
import { browserCache } from './browser_cache';
import { openCachedFile } from './cached_file';
import type { HttpClient } from './http_client';
import type { StatusProblem } from './http_problem';
import type { CachedFile, CachedRevision, HubCache } from './hub_cache';
import { COMMIT, type HubFile, readHubFile } from './hub_file';
import type { RandomAccessFile } from './random_access_file';

/** What a {@link HubBrowserCache} needs to know. */
export interface HubBrowserCacheSettings {
  /** `owner/name`. */
  readonly name: string;
  readonly offline: boolean;
  readonly client: HttpClient;
  readonly statusProblem: StatusProblem;
  /** Where a file of a commit is fetched from. */
  urlOf(commit: string, path: string): string;
}

/** The browser's cache as one of the hub: files under their URLs, what revisions and commits are under URLs of no file. */
export class HubBrowserCache implements HubCache {
  readonly location = 'of this browser';
  readonly #settings: HubBrowserCacheSettings;

  constructor(settings: HubBrowserCacheSettings) {
    this.#settings = settings;
  }

  async find(revision: string): Promise<CachedRevision | undefined> {
    const commit = COMMIT.test(revision) ? revision : await this.#read(revision, 'revision');
    const files = typeof commit === 'string' ? await this.filesOf(commit) : undefined;
    return files && { commit: commit as string, files };
  }

  async filesOf(commit: string): Promise<readonly HubFile[] | undefined> {
    const files = await this.#read(commit, 'files');
    return (files as HubFile[] | undefined)?.map(readHubFile);
  }

  async remember(revision: string, commit: string, files: readonly HubFile[]): Promise<void> {
    const cache = await browserCache();
    const put = (key: string, value: unknown) => cache?.put(key, new Response(JSON.stringify(value)));
    try {
      await put(this.#key(commit, 'files'), files);
      if (revision !== commit) await put(this.#key(revision, 'revision'), commit);
    } catch {
      // Without room in the cache the next load asks the hub again.
    }
  }

  async open(commit: string, { path: file, size }: CachedFile): Promise<RandomAccessFile> {
    const { client, name, offline, statusProblem, urlOf } = this.#settings;
    const path = `${name}/${file}`;
    const url = urlOf(commit, file);
    if (offline && (await (await browserCache())?.match(url)) === undefined) {
      throw new CheckpointError(
        `${path} could not be read: it is not in the cache of this browser, and there is to be no request; load it once without the option offline.`,
        { path },
      );
    }
    const request = { url, path, file, immutable: true, statusProblem };
    return openCachedFile(client, size === undefined ? request : { ...request, size });
  }

  async localPath(_commit: string, { path }: CachedFile): Promise<string> {
    const what = `${this.#settings.name}/${path}`;
    throw new UsageError(`${what} has no path on this machine in a browser; use Node.js.`, { path: what });
  }

  async #read(name: string, kind: string): Promise<unknown> {
    const response = await (await browserCache())?.match(this.#key(name, kind));
    return response?.json();
  }

  #key(name: string, kind: string): string {
    return `${this.#settings.urlOf(name, '')}?tfjs-deberta=${kind}`;
  }
}
