import { readFileSync } from 'node:fs';
import type { FileSource } from '../../src/sources/file_source';
import { readBytes } from '../../src/sources/read_json';
import { resolveSource } from '../../src/sources/resolve_source';
import type { DownloadProgress, SourceOptions } from '../../src/sources/source_options';
import { type Fault, HubServer } from '../harness/hub_server';
import { someBytes, useHubServer } from './use_hub_server';

const server = useHubServer();
const WEIGHTS = someBytes(5_000_000);
const SMALL = Buffer.from('{"a": 1}');
const QUICK: SourceOptions = { retryDelay: 1, maxRetries: 3 };

beforeEach(() => {
  server().addFile('/models/w.bin', WEIGHTS);
  server().addFile('/models/config.json', SMALL);
  server().addFile('/models/empty.bin', Buffer.alloc(0));
});

async function folder(options: SourceOptions = {}): Promise<FileSource> {
  return (await resolveSource(`${server().origin}/models`, { ...QUICK, ...options })).source;
}

/** Jest's own comparison takes a minute for megabytes. */
function isSame(received: Uint8Array, expected: Buffer): boolean {
  return expected.equals(received);
}

/** What a read of part of a file gives, with the file closed again. */
async function readPart(source: FileSource, name: string, position: number, length: number): Promise<Uint8Array> {
  const file = await source.open(name);
  try {
    return await file.read(position, length);
  } finally {
    await file.close();
  }
}

describe('a folder on a web server', () => {
  test('says which files are there, and asks for each once', async () => {
    const source = await folder();
    expect([await source.has('config.json'), await source.has('none'), await source.has('none')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(server().asked).toEqual(['HEAD /models/config.json', 'HEAD /models/none']);
    expect(await source.list()).toBeUndefined();
  });

  const absences: [string, Fault, boolean][] = [
    ['a server without HEAD', { method: 'HEAD', status: 405 }, true],
    ['a storage service that hides what is missing', { status: 403 }, false],
    ['a file that was taken away', { status: 410 }, false],
    ['an application that shows its start page', { headers: { 'content-type': 'text/html' } }, false],
  ];
  test.each(absences)('asks %s', async (_name, fault, expected) => {
    server().fail(fault);
    expect(await (await folder()).has('config.json')).toBe(expected);
  });

  test('reads a small file with one request', async () => {
    expect(await readBytes(await folder(), 'config.json')).toEqual(new Uint8Array(SMALL));
    expect(server().asked).toEqual(['GET /models/config.json']);
  });

  test('reads an empty file', async () => {
    expect(await readBytes(await folder(), 'empty.bin')).toHaveLength(0);
  });

  test('brings hundreds of small reads with a few requests', async () => {
    const file = await (await folder()).open('w.bin');
    for (let place = 0; place < WEIGHTS.length; place += 10_007) {
      const length = Math.min(100, WEIGHTS.length - place);
      expect(isSame(await file.read(place, length), WEIGHTS.subarray(place, place + length))).toBe(true);
    }
    expect(server().requests).toHaveLength(3);
  });

  test('reads across its blocks, and large parts at once', async () => {
    const source = await folder();
    const [start, length] = [(2 << 20) - 10, 20];
    expect(isSame(await readPart(source, 'w.bin', start, length), WEIGHTS.subarray(start, start + length))).toBe(true);
    expect(isSame(await readPart(source, 'w.bin', 1, 4_000_000), WEIGHTS.subarray(1, 4_000_001))).toBe(true);
  });

  test('gives memory of its own', async () => {
    const file = await (await folder()).open('config.json');
    (await file.read(0, 8)).fill(0);
    expect(Buffer.from(await file.read(0, 8))).toEqual(SMALL);
  });

  test('refuses to read behind the end, before it takes memory', async () => {
    const file = await (await folder()).open('w.bin');
    await expect(() => file.read(0, 2 ** 52)).toThrowDebertaError('checkpoint', /w\.bin ends at byte 5000000 where/);
  });

  test('keeps the query of its address for every file, and shows it nowhere', async () => {
    const { source } = await resolveSource(`${server().origin}/models?signature=secret`, QUICK);
    await source.has('config.json');
    expect(server().requests[0]!.url).toBe('/models/config.json?signature=secret');
    expect(source.pathOf('config.json')).toBe(`${server().origin}/models/config.json`);
    expect(source.location).not.toMatch(/secret/);
  });

  test('tells of what comes in', async () => {
    const told: DownloadProgress[] = [];
    const source = await folder({ onDownload: (progress) => told.push(progress) });
    await readBytes(source, 'config.json');
    expect(told.at(-1)).toEqual({ file: 'config.json', loaded: 8, total: 8 });
  });
});

describe('a file that is named by its URL', () => {
  const names: [url: string, file: string | undefined, asked: string][] = [
    ['/models/model.safetensors', 'model.safetensors', '/models/config.json'],
    ['/models/a%20b.h5?x=1', 'a b.h5', '/models/config.json?x=1'],
    ['/models/50%.bin', '50%.bin', '/models/config.json'],
    ['/models/deberta-v3.1', undefined, '/models/deberta-v3.1/config.json'],
    ['/models/', undefined, '/models/config.json'],
    ['', undefined, '/config.json'],
  ];
  test.each(names)('%s is the file %s', async (url, file, asked) => {
    const resolved = await resolveSource(server().origin + url, QUICK);
    expect(resolved.file).toBe(file);
    await resolved.source.has('config.json');
    expect(server().requests[0]!.url).toBe(asked);
  });
});

describe('a server without ranges', () => {
  beforeEach(() => server().fail({ url: /w\.bin/, ignoreRange: true, times: 9 }));

  test('is asked once; the file lies on disk until it is closed', async () => {
    const file = await (await folder()).open('w.bin');
    expect(isSame(await file.read(4_999_990, 10), WEIGHTS.subarray(4_999_990))).toBe(true);
    expect(isSame(await file.read(0, 10), WEIGHTS.subarray(0, 10))).toBe(true);
    await file.close();
    expect(server().bytesServed).toBe(WEIGHTS.length);
  });

  test('is asked again after a cut, and what is there already is skipped', async () => {
    server().reset();
    server().addFile('/models/w.bin', WEIGHTS);
    server().fail({ ignoreRange: true, cutAfter: 3_000_000 });
    server().fail({ ignoreRange: true });
    expect(isSame(await readBytes(await folder(), 'w.bin'), WEIGHTS)).toBe(true);
    expect(server().bytesServed).toBe(8_000_000);
  });
});

describe('localPath', () => {
  test('downloads a file once', async () => {
    const source = await folder();
    const [path, again] = await Promise.all([source.localPath('w.bin'), source.localPath('w.bin')]);
    expect(isSame(readFileSync(path), WEIGHTS)).toBe(true);
    expect(again).toBe(path);
    expect(server().bytesServed).toBe(WEIGHTS.length);
  });

  test('goes on where it was cut', async () => {
    server().fail({ cutAfter: 1_000_000 });
    server().fail({ cutAfter: 1_500_000 });
    expect(isSame(readFileSync(await (await folder()).localPath('w.bin')), WEIGHTS)).toBe(true);
    const [first, second, third] = server().starts;
    expect(first).toBe(0);
    // What came in at the moment of the cut is lost.
    expect(1_000_000 - second!).toBeLessThan(500_000);
    expect(second! + 1_500_000 - third!).toBeLessThan(500_000);
    expect(server().requests).toHaveLength(3);
  });

  test('is refused when the file is cut too often, and nothing stays', async () => {
    server().fail({ cutAfter: 10, times: 9 });
    const source = await folder();
    await expect(() => source.localPath('w.bin')).toThrowDebertaError('checkpoint', /cuts the connection again/);
    expect(server().requests).toHaveLength(4);
  });
});

describe('faults that pass', () => {
  const passing: [string, Fault][] = [
    ['500', { status: 500, times: 3 }],
    ['502', { status: 502 }],
    ['503', { status: 503, times: 2 }],
    ['429', { status: 429 }],
    ['429 that says when to come back', { status: 429, headers: { 'retry-after': '0' } }],
    ['a connection that ends before the answer', { cutAfter: 0 }],
    ['a connection that ends in the middle', { cutAfter: 4 }],
  ];
  test.each(passing)('%s', async (_name, fault) => {
    server().fail(fault);
    expect(await readBytes(await folder(), 'config.json')).toEqual(new Uint8Array(SMALL));
  });

  test('a wait that the server asks for is kept', async () => {
    server().fail({ status: 503, headers: { 'retry-after': new Date(Date.now() + 1500).toUTCString() } });
    const start = Date.now();
    await readBytes(await folder(), 'config.json');
    expect(Date.now() - start).toBeGreaterThan(100);
  });

  test('a slow server', async () => {
    server().fail({ trickle: 2 });
    expect(await readBytes(await folder(), 'config.json')).toEqual(new Uint8Array(SMALL));
  });
});

describe('faults that stay', () => {
  const lasting: [string, Fault, RegExp, requests: number][] = [
    ['401', { status: 401 }, /it wants credentials \(status 401\); add them by the fetch option/, 1],
    ['403', { status: 403 }, /access is refused/, 1],
    ['404', { status: 404 }, /could not be read: it does not exist \(status 404\); check the address/, 1],
    ['418', { status: 418 }, /the server refuses \(status 418\)/, 1],
    ['429 for ever', { status: 429 }, /too many requests \(status 429\); try again later/, 4],
    ['429 for an hour', { status: 429, headers: { 'retry-after': '3600' } }, /too many requests/, 1],
    ['500 for ever', { status: 500 }, /the server fails \(status 500\); try again later/, 4],
    ['a cut for ever', { cutAfter: 0 }, /cuts the connection again and again/, 4],
    ['a page for a file', { headers: { 'content-type': 'text/html' } }, /it does not exist, there is a web page/, 1],
    [
      'a part that is not the one asked for',
      { headers: { 'content-range': 'bytes 3-7/8' }, status: 206 },
      /changed/,
      1,
    ],
    ['a redirect to nowhere', { status: 302 }, /redirects to no valid address/, 1],
    ['a redirect to a file of this machine', { status: 302, headers: { location: 'file:///etc/passwd' } }, /file:/, 1],
    [
      'redirects in a circle',
      { status: 302, headers: { location: '/models/config.json' } },
      /more than 10 redirects/,
      11,
    ],
  ];
  test.each(lasting)('%s', async (_name, fault, message, requests) => {
    server().fail({ ...fault, times: 99 });
    const source = await folder();
    await expect(() => readBytes(source, 'config.json')).toThrowDebertaError('checkpoint', message);
    expect(server().requests).toHaveLength(requests);
  });

  test('a length that no memory holds', async () => {
    server().fail({ status: 206, headers: { 'content-range': `bytes 0-7/${2 ** 52}` }, times: 9 });
    const source = await folder();
    await expect(() => readBytes(source, 'config.json')).toThrowDebertaError('checkpoint', /more than memory holds/);
  });

  test('a file that is shorter than the server says', async () => {
    server().fail({ headers: { 'content-range': 'bytes 0-7/20' }, status: 206, times: 99 });
    const source = await folder();
    await expect(() => readPart(source, 'config.json', 0, 20)).toThrowDebertaError('checkpoint', /config\.json/);
  });

  test('a file that changes between two reads', async () => {
    const file = await (await folder()).open('w.bin');
    await file.read(0, 10);
    server().addFile('/models/w.bin', Buffer.from(WEIGHTS).fill(1));
    await expect(() => file.read(4_000_000, 10)).toThrowDebertaError('checkpoint', /w\.bin changed on the server/);
  });

  test('a file that changes while it is downloaded', async () => {
    server().fail({ cutAfter: 1_000_000 });
    server().fail({ change: (content) => Buffer.from(content).fill(1) });
    const source = await folder();
    await expect(() => source.localPath('w.bin')).toThrowDebertaError('checkpoint', /w\.bin changed on the server/);
  });

  test('a port that nobody listens on', async () => {
    const closed = await HubServer.start();
    closed.close();
    const { source } = await resolveSource(closed.origin, QUICK);
    await expect(() => source.has('x')).toThrowDebertaError('checkpoint', /127\.0\.0\.1:\d+ refuses the connection/);
  });

  test('a host that does not exist is asked once', async () => {
    const failing = jest.fn(async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) });
    });
    const { source } = await resolveSource('https://nowhere.example/x', { ...QUICK, fetch: failing });
    await expect(() => source.has('x')).toThrowDebertaError('checkpoint', /the server nowhere\.example is not found/);
    expect(failing).toHaveBeenCalledTimes(1);
  });
});

describe('redirects', () => {
  test('are followed to another host', async () => {
    server().addFile('/elsewhere', SMALL);
    server().fail({ url: /models/, status: 307, headers: { location: `${server().cdnOrigin}/elsewhere` } });
    expect(await readBytes(await folder(), 'config.json')).toEqual(new Uint8Array(SMALL));
  });

  test('from https to http are refused', async () => {
    const redirect = async () => new Response(null, { status: 302, headers: { location: 'http://example.org/x' } });
    const { source } = await resolveSource('https://example.org/models', { fetch: redirect });
    await expect(() => source.open('x')).toThrowDebertaError('checkpoint', /redirects from https: to http:/);
  });

  test("never take the hub's token to another host", async () => {
    server().addFile('/elsewhere', SMALL);
    server().fail({ url: /models/, status: 302, headers: { location: `${server().cdnOrigin}/elsewhere` }, times: 2 });
    await readBytes(await folder({ hubUrl: server().origin, token: 'hf_secret' }), 'config.json');
    expect(server().requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer hf_secret', undefined]);
    await readBytes(await folder({ hubUrl: 'https://example.org', token: 'hf_secret' }), 'config.json');
    expect(server().requests.at(-2)!.headers.authorization).toBeUndefined();
  });
});

describe('signal', () => {
  test('stops a download at once, with its reason, and leaves no file', async () => {
    const controller = new AbortController();
    server().fail({ trickle: 20 });
    let bytes = 0;
    const source = await folder({
      signal: controller.signal,
      onDownload: ({ loaded }) => {
        bytes = loaded;
        controller.abort(new Error('enough'));
      },
    });
    await expect(source.localPath('w.bin')).rejects.toThrow('enough');
    expect(bytes).toBeLessThan(WEIGHTS.length);
  });

  test('stops a wait', async () => {
    server().fail({ status: 503, headers: { 'retry-after': '200' } });
    const source = await folder({ signal: AbortSignal.timeout(50) });
    await expect(source.has('w.bin')).rejects.toThrow(/timeout/);
  });
});
