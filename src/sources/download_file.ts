import { versionOf } from './file_version';
import type { HttpClient } from './http_client';
import { type ByteRequest, streamBytes } from './stream_bytes';

/** A file to be had from its beginning, or from where an earlier download broke off, to its end. */
export interface DownloadRequest extends Omit<ByteRequest, 'end' | 'version'> {
  /** What `onDownload` calls it. */
  readonly file: string;
  /** Whether the URL stands for the same bytes for ever; then no server need vouch for that. */
  readonly immutable?: boolean;
}

/** As {@link streamBytes}, and tells `onDownload` of every piece. */
export async function* downloadFile(client: HttpClient, request: DownloadRequest): AsyncGenerator<Uint8Array> {
  const { url, what, file, start = 0, immutable = false, statusProblem } = request;
  const first =
    request.first ??
    (start === 0 ? await client.send(url, what === undefined ? {} : { what }, statusProblem) : undefined);
  const version = first && versionOf(first);
  const total = request.size ?? version?.size;
  let loaded = start;
  const stream = streamBytes(client, {
    ...request,
    ...(first !== undefined && { first }),
    // An error has a length of its own.
    ...(version !== undefined && first!.ok && !immutable && { version }),
  });
  for await (const chunk of stream) {
    loaded += chunk.length;
    client.options.onDownload?.({ file, loaded, total });
    yield chunk;
  }
}
