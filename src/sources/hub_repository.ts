import { CheckpointError } from '../errors';
import { isNode } from '../files/node_builtins';
import { logger } from '../logger';
import type { FileSource } from './file_source';
import { HttpClient } from './http_client';
import { isUnreachable } from './http_problem';
import { fetchCommit, fetchFiles, type HubQuery } from './hub_api';
import { HubBrowserCache } from './hub_browser_cache';
import type { CachedRevision, HubCache } from './hub_cache';
import { HubDiskCache } from './hub_disk_cache';
import { COMMIT } from './hub_file';
import { requireRevision } from './hub_id';
import { hubProblem } from './hub_problem';
import { hubSettings } from './hub_settings';
import type { SourceOptions } from './source_options';

/**
 * A model of the Hugging Face hub, at the commit that a revision stands for when this is called.
 *
 * Files come from the cache, or into it as they are asked for. A cached commit that is named needs no request, a branch one.
 * Where the hub is out of reach, the commit is the one that the revision stood for the last time.
 *
 * @param name `owner/name`.
 * @throws {CheckpointError} when there is no such model or revision, it may not be read, or the hub is out of reach and
 *   the cache has none of it.
 *
 * @example
 * const source = await hubRepository('microsoft/deberta-v3-small', { revision: 'main' });
 * await source.list(); // ['config.json', 'spm.model', …]
 */
export async function hubRepository(name: string, options: SourceOptions = {}): Promise<FileSource> {
  const { hubUrl, token, offline, cacheDir } = await hubSettings(options);
  const revision = requireRevision(options.revision ?? 'main');
  const client = new HttpClient(options, token === undefined ? undefined : { origin: new URL(hubUrl).origin, token });
  const statusProblem = hubProblem({ hubUrl, name, revision, hasToken: token !== undefined });
  const urlOf = (commit: string, path: string) =>
    `${hubUrl}/${name}/resolve/${encodeURIComponent(commit)}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const shared = { name, offline, client, statusProblem, urlOf };
  const cache = isNode() ? new HubDiskCache({ ...shared, folder: cacheDir! }) : new HubBrowserCache(shared);

  const { commit, files } = offline
    ? await findOffline(cache, name, revision)
    : await locate({ client, hubUrl, name, statusProblem }, cache, revision);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const pathOf = (path: string) => `${name}/${path}`;
  const find = (path: string) => {
    const file = byPath.get(path);
    if (file !== undefined) return file;
    throw new CheckpointError(
      `${pathOf(path)} could not be read: it does not exist at revision ${revision}; check the name.`,
      { path: pathOf(path) },
    );
  };
  return {
    location: name,
    list: async () => [...byPath.keys()].filter((path) => !path.includes('/')),
    has: async (path) => byPath.has(path),
    pathOf,
    open: async (path) => cache.open(commit, find(path)),
    localPath: async (path) => cache.localPath(commit, find(path)),
  };
}

async function findOffline(cache: HubCache, name: string, revision: string): Promise<CachedRevision> {
  const found = await cache.find(revision);
  if (found !== undefined) return found;
  throw new CheckpointError(
    `${name} could not be read: its revision ${revision} is not in the cache ${cache.location}, and there is to be no request; load it once without the option offline and HF_HUB_OFFLINE.`,
    { path: name },
  );
}

async function locate(query: HubQuery, cache: HubCache, revision: string): Promise<CachedRevision> {
  try {
    const commit = COMMIT.test(revision) ? revision : await fetchCommit(query, revision);
    const files = (await cache.filesOf(commit)) ?? (await fetchFiles(query, commit));
    await cache.remember(revision, commit, files);
    return { commit, files };
  } catch (error) {
    const found = isUnreachable(error) ? await cache.find(revision) : undefined;
    if (found === undefined) throw error;
    logger.warn(`${(error as Error).message} The cached files of commit ${found.commit} are used.`);
    return found;
  }
}
