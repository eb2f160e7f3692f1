import { blobFile } from './blob_file';
import { browserCache } from './browser_cache';
import { downloadFile } from './download_file';
import { sameVersion, versionOf } from './file_version';
import { discard, type HttpClient } from './http_client';
import type { StatusProblem } from './http_problem';
import type { RandomAccessFile } from './random_access_file';

/** A file to be fetched whole. */
export interface CachedFileRequest {
  readonly url: string;
  /** What messages call it. */
  readonly path: string;
  /** What `onDownload` calls it. */
  readonly file: string;
  /** Size it must have, where that is known. */
  readonly size?: number;
  /** Whether the URL stands for the same bytes for ever. */
  readonly immutable: boolean;
  readonly statusProblem: StatusProblem;
}

/**
 * Opens a file in a browser: from its cache, or fetched whole and put there.
 *
 * A file whose URL may change its content is compared with the server's by a HEAD request; where the server is out of
 * reach the cached one is used. What breaks off is not kept.
 *
 * @throws {CheckpointError} when it can be had from neither.
 */
export async function openCachedFile(client: HttpClient, request: CachedFileRequest): Promise<RandomAccessFile> {
  const { url, path } = request;
  const cache = await browserCache();
  const cached = await cache?.match(url);
  if (cached !== undefined && (request.immutable || (await isCurrent(client, request, cached)))) {
    return blobFile(path, await cached.blob());
  }
  const whole = { ...request, what: path };
  const response = await client.send(url, { what: path }, request.statusProblem);
  if (!response.ok) throw request.statusProblem(path, response);
  const stored = await store(cache, url, response.headers, downloadFile(client, { ...whole, first: response }));
  return blobFile(path, stored ?? (await collect(downloadFile(client, whole))));
}

async function isCurrent(client: HttpClient, request: CachedFileRequest, cached: Response): Promise<boolean> {
  const { path, statusProblem } = request;
  const known = versionOf(cached);
  try {
    const response = await client.send(request.url, { method: 'HEAD', what: path }, statusProblem);
    await discard(response);
    // Servers of other sites may hide their ETags; then the date and the size must do.
    const comparable = known.etag !== null || known.lastModified !== null;
    return response.ok && comparable && sameVersion(known, versionOf(response));
  } catch {
    client.options.signal?.throwIfAborted();
    return true;
  }
}

/** Puts a stream into the cache. @returns undefined where it does not fit, or there is no cache. */
async function store(
  cache: Cache | undefined,
  url: string,
  headers: Headers,
  chunks: AsyncGenerator<Uint8Array>,
): Promise<Blob | undefined> {
  if (cache === undefined) return collect(chunks);
  let failure: unknown;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failure = error;
        controller.error(error);
      }
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
  try {
    await cache.put(url, new Response(body, { headers: versionHeaders(headers) }));
  } catch {
    // The download failed, or the browser has no more room.
    if (failure !== undefined) throw failure;
    return undefined;
  }
  return (await cache.match(url))?.blob();
}

function versionHeaders(headers: Headers): Record<string, string> {
  const kept = ['etag', 'last-modified', 'content-length'].map((name) => [name, headers.get(name)] as const);
  return Object.fromEntries(kept.filter((entry): entry is readonly [string, string] => entry[1] !== null));
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Blob> {
  const parts: BlobPart[] = [];
  for await (const chunk of chunks) parts.push(chunk as Uint8Array<ArrayBuffer>);
  return new Blob(parts);
}
