import { openCachedFile } from '../../src/sources/cached_file';
import { HttpClient } from '../../src/sources/http_client';
import { statusProblem } from '../../src/sources/http_problem';
import type { DownloadProgress } from '../../src/sources/source_options';
import { someBytes, useHubServer } from './use_hub_server';

const server = useHubServer();
const CONTENT = someBytes(200_000);

beforeEach(() => server().addFile('/w.bin', CONTENT));

/** What this module uses of a browser's cache. */
class FakeCache {
  readonly entries = new Map<string, Blob>();
  readonly headers = new Map<string, Headers>();

  constructor(readonly room = Number.POSITIVE_INFINITY) {}

  async match(url: string): Promise<Response | undefined> {
    const blob = this.entries.get(url);
    return blob && new Response(blob, { headers: this.headers.get(url)! });
  }

  async put(url: string, response: Response): Promise<void> {
    const blob = await response.blob();
    if (blob.size > this.room) throw new DOMException('no room', 'QuotaExceededError');
    this.entries.set(url, blob);
    this.headers.set(url, response.headers);
  }
}

function useCache(open: () => Promise<unknown>): void {
  Object.assign(globalThis, { caches: { open } });
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'caches');
});

/** Opens `w.bin`, reads some of it, and gives what was told of its download. */
async function open(immutable = false, maxRetries = 2): Promise<DownloadProgress[]> {
  const told: DownloadProgress[] = [];
  const client = new HttpClient({ retryDelay: 1, maxRetries, onDownload: (progress) => told.push(progress) });
  const url = `${server().origin}/w.bin`;
  const file = await openCachedFile(client, { url, path: url, file: 'w.bin', immutable, statusProblem });
  expect(file.size).toBe(CONTENT.length);
  expect(CONTENT.subarray(100, 200).equals(await file.read(100, 100))).toBe(true);
  await expect(() => file.read(CONTENT.length, 1)).toThrowDebertaError('checkpoint', /w\.bin ends at byte 200000/);
  await file.close();
  return told;
}

describe('a file in a browser', () => {
  test('is fetched where there is no cache', async () => {
    expect((await open()).at(-1)).toEqual({ file: 'w.bin', loaded: CONTENT.length, total: CONTENT.length });
  });

  test('is fetched where the cache is refused', async () => {
    useCache(() => Promise.reject(new DOMException('insecure', 'SecurityError')));
    expect((await open()).at(-1)!.loaded).toBe(CONTENT.length);
  });

  test('is fetched once, and compared with the server after that', async () => {
    const cache = new FakeCache();
    useCache(async () => cache);
    await open();
    expect(await open()).toEqual([]);
    expect(server().asked).toEqual(['GET /w.bin', 'HEAD /w.bin']);
  });

  test('is not even compared where its URL stands for the same bytes for ever', async () => {
    const cache = new FakeCache();
    useCache(async () => cache);
    await open(true);
    await open(true);
    expect(server().asked).toEqual(['GET /w.bin']);
  });

  test('is fetched again when it has changed', async () => {
    const cache = new FakeCache();
    useCache(async () => cache);
    server().fail({ headers: { etag: '"old"' } });
    await open();
    expect((await open()).at(-1)!.loaded).toBe(CONTENT.length);
  });

  test('comes from the cache while the server is out of reach', async () => {
    const cache = new FakeCache();
    useCache(async () => cache);
    await open();
    server().fail({ status: 503, times: 99 });
    expect(await open()).toEqual([]);
  });

  test('is used where the cache has no room for it', async () => {
    const cache = new FakeCache(1000);
    useCache(async () => cache);
    await open();
    expect(cache.entries.size).toBe(0);
  });

  test('is not kept when its download fails', async () => {
    const cache = new FakeCache();
    useCache(async () => cache);
    server().fail({ cutAfter: 1000, times: 9 });
    await expect(() => open(false, 0)).toThrowDebertaError('checkpoint', /cuts the connection/);
    expect(cache.entries.size).toBe(0);
  });
});
