import type { ListFileEntry } from '@huggingface/hub';
import { CheckpointError, DebertaError } from '../errors';
import { isNode } from '../files/node_builtins';
import type { HttpClient } from './http_client';
import type { StatusProblem } from './http_problem';
import { COMMIT, type HubFile, isPlainPath, readHubFile } from './hub_file';
import { streamBytes } from './stream_bytes';

/** No model has more files and folders; a server could list them for ever. */
const MOST_ENTRIES = 100_000;
/** No answer is longer; a server could go on for ever. */
const MOST_BYTES = 64 << 20;

/** A repository to be asked about. */
export interface HubQuery {
  readonly client: HttpClient;
  readonly hubUrl: string;
  /** `owner/name`. */
  readonly name: string;
  readonly statusProblem: StatusProblem;
}

/** Commit that a revision stands for now. @throws {CheckpointError} when the hub refuses, fails, or is out of reach. */
export function fetchCommit(query: HubQuery, revision: string): Promise<string> {
  return understand(query, async () => {
    const { name, hubUrl } = query;
    const asked = { name, revision, hubUrl, additionalFields: ['sha' as const], fetch: fetchFor(query) };
    const { sha } = isNode()
      ? await (await import('@huggingface/hub')).modelInfo(asked)
      : ((await (await get(query, `revision/${encodeURIComponent(revision)}`)).json()) as { sha: unknown });
    if (typeof sha === 'string' && COMMIT.test(sha)) return sha;
    throw new TypeError(`no commit: ${JSON.stringify(sha)}`);
  });
}

/** Files of a commit, those in its folders too. @throws {CheckpointError} as {@link fetchCommit}. */
export function fetchFiles(query: HubQuery, commit: string): Promise<HubFile[]> {
  return understand(query, async () => {
    const files: HubFile[] = [];
    let count = 0;
    for await (const { type, path, size, oid, lfs } of listEntries(query, commit)) {
      if (++count > MOST_ENTRIES) throw new TypeError(`more than ${MOST_ENTRIES} files`);
      // Nothing asks for a name that is no plain path, and none is to get into the cache.
      if (type !== 'file' || !isPlainPath(path)) continue;
      files.push(readHubFile({ path, size: lfs?.size ?? size, id: lfs?.oid ?? oid }));
    }
    return files;
  });
}

type Entry = Pick<ListFileEntry, 'type' | 'path' | 'size' | 'oid' | 'lfs'>;

async function* listEntries(query: HubQuery, commit: string): AsyncGenerator<Entry> {
  if (isNode()) {
    const { listFiles } = await import('@huggingface/hub');
    const { name, hubUrl } = query;
    yield* listFiles({
      repo: { type: 'model', name },
      revision: commit,
      recursive: true,
      hubUrl,
      fetch: fetchFor(query),
    });
    return;
  }
  // The package's build for browsers is out of the reach of bundlers that go by its `exports`, as esbuild does.
  for (let page: string | undefined = `tree/${commit}?recursive=true`; page !== undefined; ) {
    const response = await get(query, page);
    yield* (await response.json()) as Entry[];
    page = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  }
}

/** A page of the interface; `page` is a URL, or what follows that of the model. */
function get(query: HubQuery, page: string): Promise<Response> {
  return fetchFor(query)(new URL(page, `${query.hubUrl}/api/models/${query.name}/`));
}

/** A `fetch` that tries again, knows the token, bounds the answer, and throws this package's errors. */
function fetchFor({ client, name, statusProblem }: HubQuery): typeof fetch {
  return async (input) => {
    const request = { url: String(input), what: name, statusProblem };
    const first = await client.send(request.url, request, statusProblem);
    const parts: BlobPart[] = [];
    let length = 0;
    for await (const chunk of streamBytes(client, { ...request, first })) {
      length += chunk.length;
      if (length > MOST_BYTES) throw new TypeError(`more than ${MOST_BYTES} bytes`);
      parts.push(chunk as Uint8Array<ArrayBuffer>);
    }
    return new Response(new Blob(parts), { headers: first.headers });
  };
}

async function understand<T>({ client, name, hubUrl }: HubQuery, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    client.options.signal?.throwIfAborted();
    if (cause instanceof DebertaError) throw cause;
    throw new CheckpointError(
      `${name} could not be read: ${hubUrl} does not answer as the hub does; check hubUrl, or try again later.`,
      { path: name, received: hubUrl, cause },
    );
  }
}
