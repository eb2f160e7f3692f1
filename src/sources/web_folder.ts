import { CheckpointError } from '../errors';
import { isNode } from '../files/node_builtins';
import { blobFile } from './blob_file';
import { isCached } from './browser_cache';
import { openCachedFile } from './cached_file';
import { downloadFile } from './download_file';
import type { FileSource } from './file_source';
import { versionOf } from './file_version';
import { discard, type HttpClient, withoutQuery } from './http_client';
import { isUnreachable, statusProblem } from './http_problem';
import { openLocalFile } from './local_file';
import type { RandomAccessFile } from './random_access_file';
import { FIRST_RANGE, rangedFile } from './ranged_file';
import { type TemporaryFile, temporaryFile } from './temporary_file';

/** Statuses of servers that do not know HEAD. */
const HEAD_REFUSED: ReadonlySet<number> = new Set([400, 405, 501]);

/** Statuses of a file that is not there; 403 is what storage services say of a missing file to who may not list them. */
const ABSENT: ReadonlySet<number> = new Set([403, 404, 410]);

/**
 * Files under a URL of a web server.
 *
 * In Node parts of them are read as they are asked for; where the server has no ranges they are downloaded once to a
 * temporary file. In a browser they are fetched whole and kept in its cache.
 *
 * @param base `http(s)` URL of the folder; a query in it is added to every file's.
 *
 * @example
 * const file = await webFolder('https://example.org/models/spam', new HttpClient({})).open('config.json');
 */
export function webFolder(base: string, client: HttpClient): FileSource {
  const { pathname, search } = new URL(base);
  const folder = pathname.endsWith('/') ? pathname : `${pathname}/`;
  const urlOf = (name: string) => {
    const url = new URL(base);
    url.pathname = folder + name.split('/').map(encodeURIComponent).join('/');
    url.search = search;
    return url.href;
  };
  const pathOf = (name: string) => withoutQuery(urlOf(name));
  const present = new Map<string, Promise<boolean>>();
  const downloads = new Map<string, Promise<TemporaryFile>>();

  return {
    location: withoutQuery(base),
    list: async () => undefined,
    pathOf,
    has(name) {
      let answer = present.get(name);
      if (answer === undefined) {
        answer = isPresent(client, urlOf(name));
        present.set(name, answer);
        answer.catch(() => present.delete(name));
      }
      return answer;
    },
    open(name) {
      const url = urlOf(name);
      if (isNode()) return openFile(client, url, name);
      return openCachedFile(client, { url, path: pathOf(name), file: name, immutable: false, statusProblem });
    },
    async localPath(name) {
      let download = downloads.get(name);
      if (download === undefined) {
        download = temporaryFile(name, downloadFile(client, { url: urlOf(name), file: name, statusProblem }));
        downloads.set(name, download);
        download.catch(() => downloads.delete(name));
      }
      return (await download).path;
    },
  };
}

async function isPresent(client: HttpClient, url: string): Promise<boolean> {
  try {
    return await askFor(client, url);
  } catch (error) {
    // A page without a connection has what it had before.
    const cached = isNode() || !isUnreachable(error) ? undefined : await isCached(url);
    if (cached === undefined) throw error;
    return cached;
  }
}

async function askFor(client: HttpClient, url: string): Promise<boolean> {
  let response = await client.send(url, { method: 'HEAD' }, statusProblem);
  await discard(response);
  if (HEAD_REFUSED.has(response.status)) {
    response = await client.send(url, { headers: { range: 'bytes=0-0' } }, statusProblem);
    await discard(response);
  }
  // An empty file has no first byte.
  if (response.ok || response.status === 416) return !isPage(response);
  if (ABSENT.has(response.status)) return false;
  throw statusProblem(withoutQuery(url), response);
}

/** Some servers answer with the start page of an application where there is no file. */
function isPage({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/html') ?? false;
}

async function openFile(client: HttpClient, url: string, name: string): Promise<RandomAccessFile> {
  const path = withoutQuery(url);
  const response = await client.send(url, { headers: FIRST_RANGE }, statusProblem);
  const { size } = versionOf(response);
  if (response.status === 416 && size === 0) return blobFile(path, new Blob());
  if (!response.ok) throw statusProblem(path, response);
  if (isPage(response)) {
    await discard(response);
    throw new CheckpointError(`${path} could not be read: it does not exist, there is a web page; check the address.`, {
      path,
    });
  }
  if (response.status === 206 && size !== undefined) {
    const onBytes = (loaded: number) =>
      client.options.onDownload?.({ file: name, loaded: Math.min(loaded, size), total: size });
    return rangedFile({ client, url, path, size, first: response, onBytes });
  }
  // A part of unknown whole is as good as no part.
  if (response.status === 206) await discard(response);
  const whole = response.status === 206 ? {} : { first: response };
  const temporary = await temporaryFile(name, downloadFile(client, { url, file: name, statusProblem, ...whole }));
  const file = await openLocalFile(temporary.path);
  return {
    ...file,
    path,
    close: async () => {
      await file.close();
      await temporary.remove();
    },
  };
}
