import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSource } from '../../src/sources/file_source';
import { readBytes } from '../../src/sources/read_json';
import { resolveSource } from '../../src/sources/resolve_source';
import type { DownloadProgress, SourceOptions } from '../../src/sources/source_options';
import { type Fault, gitId, type ServedRepository, sha256 } from '../harness/hub_server';
import { silenceLogger } from '../tokenization/silence_logger';
import { temporaryFolder } from '../tokenization/temporary_folder';
import { MAIN, SPAM, useHubServer } from './use_hub_server';

const server = useHubServer();
const at = temporaryFolder();

const WEIGHTS = SPAM.files['model.safetensors']!;
const CONFIG = SPAM.files['config.json']!;
const BLOB = sha256(WEIGHTS);
const REPOSITORY = 'models--acme--spam';
const LOADER = require.resolve('ts-node/dist/bin.js');

beforeEach(() => server().addRepository('acme/spam', SPAM));

/** The source of `acme/spam`, or another id, on the served hub with a cache of the test's own. */
async function open(options: SourceOptions = {}, id = 'acme/spam'): Promise<FileSource> {
  const { source } = await resolveSource(id, {
    hubUrl: server().origin,
    cacheDir: at(),
    retryDelay: 1,
    maxRetries: 3,
    ...options,
  });
  return source;
}

const blobs = () => readdirSync(at(REPOSITORY, 'blobs')).sort();

describe('a model of the hub', () => {
  test('lists its files and knows those in folders', async () => {
    const source = await open();
    expect(await source.list()).toEqual(['config.json', 'model.safetensors']);
    expect([await source.has('onnx/model.onnx'), await source.has('spm.model')]).toEqual([true, false]);
    expect(source.location).toBe('acme/spam');
  });

  test('is cached in the layout that all libraries of the hub share', async () => {
    const source = await open();
    expect(await readBytes(source, 'config.json')).toEqual(new Uint8Array(CONFIG));
    expect(WEIGHTS.equals(await readBytes(source, 'model.safetensors'))).toBe(true);
    await source.localPath('onnx/model.onnx');
    const snapshot = at(REPOSITORY, 'snapshots', MAIN);
    expect(readFileSync(at(REPOSITORY, 'refs', 'main'), 'utf8')).toBe(MAIN);
    expect(blobs()).toEqual([gitId(CONFIG), BLOB, gitId(SPAM.files['onnx/model.onnx']!)].sort());
    expect(readlinkSync(join(snapshot, 'config.json'))).toBe(join('..', '..', 'blobs', gitId(CONFIG)));
    expect(readlinkSync(join(snapshot, 'onnx', 'model.onnx'))).toMatch(/^\.\.[/\\]\.\.[/\\]\.\.[/\\]blobs[/\\]/);
    expect(lstatSync(at(REPOSITORY, 'blobs', BLOB)).isFile()).toBe(true);
  });

  test('is copied where the system has no links', async () => {
    const symlink = jest.spyOn(fs, 'symlink').mockRejectedValue(Object.assign(new Error(), { code: 'EPERM' }));
    const path = await (await open()).localPath('config.json');
    symlink.mockRestore();
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(path)).toEqual(CONFIG);
  });

  test('is asked for its commit alone, once its files are cached', async () => {
    await readBytes(await open(), 'model.safetensors');
    server().requests.length = 0;
    await readBytes(await open(), 'model.safetensors');
    expect(server().asked).toEqual(['GET /api/models/acme/spam/revision/main']);
  });

  test('is asked for nothing, at a commit that is cached', async () => {
    await readBytes(await open({}, `hf://acme/spam@${MAIN}`), 'model.safetensors');
    server().requests.length = 0;
    const source = await open({ revision: MAIN });
    expect(await source.has('spm.model')).toBe(false);
    await readBytes(source, 'model.safetensors');
    expect(server().requests).toEqual([]);
  });

  test('has revisions, which share their blobs', async () => {
    await readBytes(await open(), 'model.safetensors');
    server().bytesServed = 0;
    await readBytes(await open({}, 'acme/spam@refs/pr/1'), 'model.safetensors');
    expect(server().bytesServed).toBe(0);
    expect(readFileSync(at(REPOSITORY, 'refs', 'refs', 'pr', '1'), 'utf8')).toBe('b'.repeat(40));
  });

  test('moves on with its branch', async () => {
    await readBytes(await open(), 'config.json');
    const changed = Buffer.from('{"model_type": "deberta-v2", "changed": true}');
    server().addRepository('acme/spam', { revisions: { main: 'c'.repeat(40) }, files: { 'config.json': changed } });
    expect(Buffer.from(await readBytes(await open(), 'config.json'))).toEqual(changed);
    expect(readFileSync(at(REPOSITORY, 'refs', 'main'), 'utf8')).toBe('c'.repeat(40));
    expect(Buffer.from(await readBytes(await open({ revision: MAIN }), 'config.json'))).toEqual(CONFIG);
  });

  test('tells of what comes in, of what is cached it tells nothing', async () => {
    const told: DownloadProgress[] = [];
    const onDownload = (progress: DownloadProgress) => told.push(progress);
    await readBytes(await open({ onDownload }), 'model.safetensors');
    expect(told.at(-1)).toEqual({ file: 'model.safetensors', loaded: WEIGHTS.length, total: WEIGHTS.length });
    told.length = 0;
    await readBytes(await open({ onDownload }), 'model.safetensors');
    expect(told).toEqual([]);
  });

  test('prints nothing', async () => {
    const printed = (['debug', 'info', 'log', 'warn'] as const).map((name) => jest.spyOn(console, name));
    await readBytes(await open(), 'model.safetensors');
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  test('is a folder of this machine where there is one of that name', async () => {
    const here = process.cwd();
    mkdirSync(at('acme', 'spam'), { recursive: true });
    process.chdir(at());
    try {
      expect((await open()).folder).toBe('acme/spam');
      expect((await open({}, 'hf://acme/spam')).folder).toBeUndefined();
    } finally {
      process.chdir(here);
    }
  });
});

describe('the access token', () => {
  const PRIVATE: ServedRepository = { ...SPAM, token: 'hf_mine' };

  test('opens what is private, and never goes to another host', async () => {
    server().addRepository('acme/spam', PRIVATE);
    await readBytes(await open({ token: 'hf_mine' }), 'model.safetensors');
    for (const { host, headers } of server().requests) {
      expect(headers.authorization).toBe(host === 'hub' ? 'Bearer hf_mine' : undefined);
    }
    expect(server().requests.some(({ host }) => host === 'cdn')).toBe(true);
  });

  const places: [string, () => void][] = [
    ['HF_TOKEN', () => Object.assign(process.env, { HF_TOKEN: 'hf_mine' })],
    ['HUGGING_FACE_HUB_TOKEN', () => Object.assign(process.env, { HUGGING_FACE_HUB_TOKEN: 'hf_mine' })],
    [
      'the file that HF_TOKEN_PATH names',
      () => {
        writeFileSync(at('my-token'), 'hf_mine\n');
        process.env.HF_TOKEN_PATH = at('my-token');
      },
    ],
    [
      'the file in HF_HOME',
      () => {
        writeFileSync(at('token'), 'hf_mine\n');
        delete process.env.HF_TOKEN_PATH;
        process.env.HF_HOME = at();
      },
    ],
  ];
  test.each(places)('comes from %s', async (_name, prepare) => {
    server().addRepository('acme/spam', PRIVATE);
    prepare();
    expect(await (await open()).has('config.json')).toBe(true);
    await expect(() => open({ token: '' })).toThrowDebertaError('checkpoint', /is private/);
  });

  test('is in no message', async () => {
    const secret = 'hf_secret\n!';
    await expect(() => open({ token: secret })).toThrowDebertaError('usage', /^(?!.*secret).*one word of ASCII/);
  });
});

describe('a hub that refuses', () => {
  const GATED: ServedRepository = { ...SPAM, token: 'hf_mine', gated: true };
  const refusals: [string, ServedRepository | undefined, SourceOptions, RegExp][] = [
    [
      'what does not exist',
      undefined,
      {},
      /spam could not be read: it does not exist on this machine; as a model of the hub: it does not exist on 127\.0\.0\.1:\d+ or is private; check/,
    ],
    [
      'what does not exist, with a token',
      undefined,
      { token: 'hf_other' },
      /does not exist on 127\.0\.0\.1:\d+ or is private/,
    ],
    ['what is private', { ...SPAM, token: 'hf_mine' }, {}, /is private; check the name, or pass an access token/],
    ['a token that it does not know', SPAM, { token: 'old' }, /does not accept the access token; make a new one/],
    ['a revision that does not exist', SPAM, { revision: 'none' }, /there is no revision none of it/],
    [
      'what is gated',
      GATED,
      {},
      /the model is gated; accept its conditions on http:\S+\/acme\/spam and pass an access token/,
    ],
    ['what is gated for this token', GATED, { token: 'hf_other' }, /the access token has no access to it; accept/],
  ];
  test.each(refusals)('%s', async (_name, repository, options, message) => {
    server().reset();
    if (repository !== undefined) server().addRepository('acme/spam', repository);
    await expect(async () => readBytes(await open(options), 'config.json')).toThrowDebertaError('checkpoint', message);
  });

  test('a file that does not exist', async () => {
    const source = await open();
    await expect(() => source.open('spm.model')).toThrowDebertaError(
      'checkpoint',
      /acme\/spam\/spm\.model could not be read: it does not exist at revision main/,
    );
  });

  const faults: [string, Fault, RegExp][] = [
    ['429 for ever', { status: 429 }, /too many requests \(status 429\); try again later/],
    ['500 for ever', { status: 500 }, /the server fails \(status 500\)/],
    ['a cut for ever', { url: /blobs/, cutAfter: 0 }, /model\.safetensors could not be read: .* cuts the connection/],
    ['a page', { status: 200 }, /does not answer as the hub does; check hubUrl/],
    [
      'a file that grows',
      {
        url: /blobs/,
        headers: { 'content-length': '300004' },
        change: (bytes) => Buffer.concat([bytes, bytes.subarray(0, 4)]),
      },
      /goes on after the 300000 bytes/,
    ],
  ];
  test.each(faults)('%s', async (_name, fault, message) => {
    server().fail({ ...fault, times: 99 });
    await expect(async () => readBytes(await open(), 'model.safetensors')).toThrowDebertaError('checkpoint', message);
  });

  const answers: [string, unknown][] = [
    ['no commit', { _id: '1', id: 'acme/spam', sha: '../../x', lastModified: 0 }],
    ['no object', 7],
  ];
  test.each(answers)('%s', async (_name, answer) => {
    const fetch = async () => new Response(JSON.stringify(answer));
    await expect(() => open({ fetch })).toThrowDebertaError('checkpoint', /does not answer as the hub does/);
  });

  test('an answer without end', async () => {
    const piece = new Uint8Array(1 << 20).fill(32);
    const fetch = async () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(piece) }));
    await expect(() => open({ fetch })).toThrowDebertaError('checkpoint', /does not answer as the hub does/);
  });

  test('a list of files without end', async () => {
    const page = JSON.stringify(Array.from({ length: 60_000 }, () => ({ type: 'directory', path: 'x', size: 0 })));
    const headers = { link: '<https://hub.example/api/models/acme/spam/tree/more>; rel="next"' };
    const fetch = async (url: unknown) =>
      /tree/.test(String(url)) ? new Response(page, { headers }) : Response.json({ sha: MAIN, lastModified: 0 });
    const hub = { fetch: fetch as typeof globalThis.fetch, hubUrl: 'https://hub.example' };
    await expect(() => open(hub)).toThrowDebertaError('checkpoint', /does not answer as the hub does/);
  });

  test('files that would leave the cache are none of the model', async () => {
    server().addRepository('acme/spam', {
      ...SPAM,
      files: { ...SPAM.files, '../../../x': CONFIG, '/etc/x': CONFIG, 'a\\..\\x': CONFIG, 'C:x': CONFIG },
    });
    expect(await (await open()).list()).toEqual(['config.json', 'model.safetensors']);
  });

  const revisions = ['../x', 'a//b', '', 'a\\b', 'a b', '..', '/etc'];
  test.each(revisions)('%j is no revision', async (revision) => {
    await expect(() => open({ revision })).toThrowDebertaError('usage', /revision must be a branch, tag or commit/);
  });

  test('two revisions at once', async () => {
    await expect(() => open({ revision: 'v1' }, 'acme/spam@v2')).toThrowDebertaError('usage', /name one of them/);
  });

  test('hf:// with no model behind it', async () => {
    await expect(() => open({}, 'hf://spam')).toThrowDebertaError('usage', /hf:\/\/owner\/name/);
  });
});

describe('a download', () => {
  const download = async (options: SourceOptions = {}) => (await open(options)).localPath('model.safetensors');

  test('goes on where it was cut', async () => {
    server().fail({ url: /blobs/, cutAfter: 100_000 });
    server().fail({ url: /blobs/, cutAfter: 50_000 });
    expect(WEIGHTS.equals(readFileSync(await download()))).toBe(true);
    const [first, second, third] = server().starts;
    expect(first).toBe(0);
    // What came in at the moment of the cut is lost.
    expect(100_000 - second!).toBeLessThan(90_000);
    expect(second! + 50_000 - third!).toBeLessThan(50_000);
  });

  test('that failed is gone on with by the next call', async () => {
    server().fail({ url: /blobs/, cutAfter: 100_000 });
    await expect(() => download({ maxRetries: 0 })).toThrowDebertaError('checkpoint', /cuts the connection/);
    expect(blobs()).toEqual([expect.stringMatching(/^[0-9a-f]{64}\..*\.incomplete$/)]);
    const kept = statSync(at(REPOSITORY, 'blobs', blobs()[0]!)).size;
    await download();
    expect(kept).toBeGreaterThan(0);
    expect(server().starts).toEqual([0, kept]);
    expect(blobs()).toEqual([BLOB]);
  });

  test('that was killed leaves nothing else, and is gone on with', async () => {
    server().fail({ url: /blobs/, trickle: 30 });
    const child = spawn(process.execPath, [LOADER, '--swc', join(__dirname, 'download_child.ts')], {
      env: {
        ...process.env,
        SOURCE: 'acme/spam',
        HF_ENDPOINT: server().origin,
        HF_HUB_CACHE: at(),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // It tells of bytes that come in, a moment before they are written.
    for await (const _ of child.stdout) if (statSync(at(REPOSITORY, 'blobs', blobs()[0]!)).size > 0) break;
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(blobs()).toEqual([expect.stringMatching(/\.incomplete$/)]);
    expect(readdirSync(at(REPOSITORY, 'snapshots', MAIN))).toEqual([]);
    const kept = statSync(at(REPOSITORY, 'blobs', blobs()[0]!)).size;
    await download();
    expect(kept).toBeGreaterThan(0);
    expect(server().starts).toEqual([0, kept]);
    expect(blobs()).toEqual([BLOB]);
  });

  test('of another content than the hub names is refused, and leaves no blob', async () => {
    const change = (bytes: Buffer) => Buffer.from(bytes).fill(7, 0, 1);
    server().fail({ url: /blobs/, change });
    await expect(() => download()).toThrowDebertaError(
      'checkpoint',
      /model\.safetensors was downloaded with another content/,
    );
    expect(blobs()).toEqual([]);
    server().fail({ url: /resolve/, change });
    const source = await open();
    await expect(() => source.open('config.json')).toThrowDebertaError(
      'checkpoint',
      /config\.json was downloaded with/,
    );
    expect(blobs()).toEqual([]);
  });

  test('begins anew when what was left behind is wrong', async () => {
    server().fail({ url: /blobs/, cutAfter: 100_000, change: (bytes) => Buffer.from(bytes).fill(7, 0, 9) });
    await expect(() => download({ maxRetries: 0 })).toThrowDebertaError('checkpoint', /cuts the connection/);
    expect(WEIGHTS.equals(readFileSync(await download()))).toBe(true);
    expect(blobs()).toEqual([BLOB]);
  });

  test('of a server that has no ranges', async () => {
    server().fail({ url: /blobs/, cutAfter: 100_000 });
    server().fail({ url: /blobs/, ignoreRange: true });
    expect(WEIGHTS.equals(readFileSync(await download()))).toBe(true);
  });

  test('of one file happens once in a process, whoever asks', async () => {
    const source = await open();
    const paths = await Promise.all([source.localPath('model.safetensors'), source.localPath('model.safetensors')]);
    expect(paths[0]).toBe(paths[1]);
    expect(server().bytesServed).toBe(WEIGHTS.length);
  });

  test('of one file by several at a time', async () => {
    const sources = await Promise.all([open(), open(), open()]);
    server().fail({ url: /blobs/, trickle: 3, times: 2 });
    server().fail({ url: /blobs/, cutAfter: 100_000 });
    const paths = await Promise.all(sources.map((source) => source.localPath('model.safetensors')));
    for (const path of paths) expect(WEIGHTS.equals(readFileSync(path))).toBe(true);
    expect(blobs()).toEqual([BLOB]);
  });

  test('of a blob that something has cut short', async () => {
    const path = await download();
    writeFileSync(at(REPOSITORY, 'blobs', BLOB), 'short');
    expect(WEIGHTS.equals(readFileSync(await download()))).toBe(true);
    expect(await download()).toBe(path);
  });

  test('stops when the signal fires, and can be gone on with', async () => {
    server().fail({ url: /blobs/, trickle: 20 });
    const controller = new AbortController();
    const onDownload = () => controller.abort(new Error('enough'));
    await expect(download({ signal: controller.signal, onDownload })).rejects.toThrow('enough');
    expect(existsSync(at(REPOSITORY, 'blobs', BLOB))).toBe(false);
    expect(WEIGHTS.equals(readFileSync(await download()))).toBe(true);
  });

  test('into a cache that is no folder', async () => {
    writeFileSync(at('file'), '');
    await expect(() => download({ cacheDir: at('file') })).toThrowDebertaError('output', /is a file, not a folder/);
  });

  test('onto a full disk', async () => {
    const source = await open();
    const rename = jest.spyOn(fs, 'rename').mockRejectedValue(Object.assign(new Error(), { code: 'ENOSPC' }));
    try {
      await expect(() => source.open('config.json')).toThrowDebertaError('output', /the disk is full; free some space/);
    } finally {
      rename.mockRestore();
    }
  });
});

describe('offline', () => {
  const offline: SourceOptions = { offline: true, hubUrl: 'http://127.0.0.1:9' };

  test('takes what is cached, and asks nobody', async () => {
    await readBytes(await open(), 'config.json');
    const source = await open(offline);
    expect(await readBytes(source, 'config.json')).toEqual(new Uint8Array(CONFIG));
    expect(await source.has('spm.model')).toBe(false);
  });

  test('names what is missing', async () => {
    await readBytes(await open(), 'config.json');
    const source = await open(offline);
    await expect(() => source.open('model.safetensors')).toThrowDebertaError(
      'checkpoint',
      /acme\/spam\/model\.safetensors could not be read: it is not in the cache .*; load it once without the option offline/,
    );
    await expect(() => open({ ...offline, revision: 'v2' })).toThrowDebertaError(
      'checkpoint',
      /acme\/spam could not be read: .*its revision v2 is not in the cache/,
    );
  });

  test.each(['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'])('%s asks for it', async (name) => {
    process.env[name] = '1';
    await expect(() => open()).toThrowDebertaError('checkpoint', /there is to be no request/);
    expect(server().requests).toEqual([]);
  });

  test('reads a cache that Python wrote', async () => {
    const [blob, snapshot] = [at(REPOSITORY, 'blobs', BLOB), at(REPOSITORY, 'snapshots', MAIN)];
    for (const folder of [join(blob, '..'), snapshot, at(REPOSITORY, 'refs')]) mkdirSync(folder, { recursive: true });
    writeFileSync(blob, WEIGHTS);
    await fs.symlink(join('..', '..', 'blobs', BLOB), join(snapshot, 'model.safetensors'));
    writeFileSync(at(REPOSITORY, 'refs', 'main'), MAIN);
    const source = await open(offline);
    expect(await source.list()).toEqual(['model.safetensors']);
    expect(WEIGHTS.equals(await readBytes(source, 'model.safetensors'))).toBe(true);
    expect(await source.has('config.json')).toBe(false);
  });
});

describe('a hub out of reach', () => {
  silenceLogger();

  test('leaves what is cached', async () => {
    await readBytes(await open(), 'config.json');
    server().fail({ status: 503, times: 99 });
    expect(await readBytes(await open(), 'config.json')).toEqual(new Uint8Array(CONFIG));
  });

  test('does not leave what is refused', async () => {
    await readBytes(await open(), 'config.json');
    server().addRepository('acme/spam', { ...SPAM, token: 'hf_mine' });
    await expect(() => open()).toThrowDebertaError('checkpoint', /is private/);
  });

  test('leaves nothing where nothing is cached', async () => {
    rmSync(at(REPOSITORY), { recursive: true, force: true });
    server().fail({ status: 503, times: 99 });
    await expect(() => open()).toThrowDebertaError('checkpoint', /the server fails \(status 503\)/);
  });
});

describe('the folder of the cache', () => {
  const places: [string, Record<string, string>, string[]][] = [
    ['HF_HUB_CACHE', { HF_HUB_CACHE: 'a' }, ['a']],
    ['HUGGINGFACE_HUB_CACHE', { HUGGINGFACE_HUB_CACHE: 'b' }, ['b']],
    ['HF_HOME', { HF_HOME: 'c' }, ['c', 'hub']],
    ['XDG_CACHE_HOME', { XDG_CACHE_HOME: 'd' }, ['d', 'huggingface', 'hub']],
  ];
  test.each(places)('comes from %s', async (_name, variables, expected) => {
    for (const [name, folder] of Object.entries(variables)) process.env[name] = at(folder);
    await (await open({ cacheDir: undefined })).localPath('config.json');
    expect(existsSync(at(...expected, REPOSITORY, 'refs', 'main'))).toBe(true);
  });

  test('may begin with ~', async () => {
    const home = jest.spyOn(jest.requireActual<typeof import('node:os')>('node:os'), 'homedir').mockReturnValue(at());
    await (await open({ cacheDir: '~/models' })).localPath('config.json');
    home.mockRestore();
    expect(existsSync(at('models', REPOSITORY))).toBe(true);
  });
});
