import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { readBytes } from '../../src/sources/read_json';
import { resolveSource } from '../../src/sources/resolve_source';
import { HubServer, type ServedRepository, sha256 } from '../harness/hub_server';

const MODEL = 'acme/spam';
const COMMIT = 'a'.repeat(40);
const REPOSITORY: ServedRepository = {
  revisions: { main: COMMIT },
  files: {
    'config.json': Buffer.from('{"model_type": "deberta-v2"}'),
    'model.safetensors': Buffer.alloc(3_000_000, 'weights'),
    'onnx/model.onnx': Buffer.from('another'),
  },
  large: ['model.safetensors', 'onnx/model.onnx'],
};
const DIGESTS = Object.fromEntries(Object.entries(REPOSITORY.files).map(([name, content]) => [name, sha256(content)]));

/** What Python makes of a cache. */
interface PythonView {
  readonly files: Readonly<Record<string, string | null>>;
  readonly scanned: unknown;
  readonly warnings: readonly string[];
}

const EXPECTED: PythonView = {
  files: DIGESTS,
  scanned: { [MODEL]: { [COMMIT]: { refs: ['main'], files: Object.keys(DIGESTS).length } } },
  warnings: [],
};

/** Shares a cache of the hub with Python's `huggingface_hub`, in both directions; without it, a line says so. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { python: { type: 'string' } } });
  const python = values.python ?? process.env.PYTHON ?? 'python3';
  const isInstalled = await promisify(execFile)(python, ['-c', 'import huggingface_hub']).catch(() => undefined);
  if (isInstalled === undefined) {
    process.stdout.write(`left out: the cache of the hub, which needs ${python} with huggingface_hub\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'deberta-hub-'));
  const server = await HubServer.start();
  server.addRepository(MODEL, REPOSITORY);
  try {
    const all = Object.entries(checks(python, server.origin, folder));
    let failed = 0;
    for (const [name, act] of all) {
      const [received, expected] = [JSON.stringify(await act()), JSON.stringify(EXPECTED)];
      process.stdout.write(received === expected ? `ok: ${name}\n` : `FAILED: ${name}: ${received}\n`);
      if (received !== expected) failed++;
    }
    process.stdout.write(`${all.length - failed} passed, ${failed} failed\n`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is done, in this order, and must give {@link EXPECTED}. */
function checks(python: string, hubUrl: string, folder: string): Record<string, () => Promise<PythonView>> {
  const hub = { hubUrl, token: '' };
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  return {
    'Python finds what this package cached': async () => {
      await readAll({ ...hub, cacheDir: ours });
      return runPython(python, 'find', ours, hubUrl);
    },
    'Python downloads into a cache of its own': () => runPython(python, 'download', theirs, hubUrl),
    'this package finds what Python cached': async () => ({
      ...EXPECTED,
      files: await readAll({ ...hub, cacheDir: theirs, offline: true }),
    }),
    'Python finds it after this package used it': async () => {
      await readAll({ ...hub, cacheDir: theirs });
      return runPython(python, 'find', theirs, hubUrl);
    },
  };
}

async function readAll(options: Parameters<typeof resolveSource>[1]): Promise<Record<string, string>> {
  const { source } = await resolveSource(`hf://${MODEL}`, options);
  const digests: Record<string, string> = {};
  for (const name of Object.keys(DIGESTS)) digests[name] = sha256(Buffer.from(await readBytes(source, name)));
  return digests;
}

async function runPython(python: string, action: string, cache: string, hubUrl: string): Promise<PythonView> {
  const script = join(__dirname, '..', 'reference', 'check_hub_cache.py');
  const args = [script, action, cache, MODEL, ...Object.keys(DIGESTS)];
  const { stdout } = await promisify(execFile)(python, args, { env: { ...process.env, HF_ENDPOINT: hubUrl } });
  return JSON.parse(stdout) as PythonView;
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
