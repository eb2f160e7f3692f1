import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { type BackendName, convertCheckpoint } from '../../src/index';
import type { PageResult, PageTask } from './page';

const ROOT = join(__dirname, '..', '..');
const CHECKPOINT = join(ROOT, 'examples', 'checkpoints', 'spam');
const WASM = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Backends of the browser and how close they must come to the reference. */
const TOLERANCES: Array<[BackendName, number]> = [
  ['cpu', 1e-5],
  ['wasm', 1e-5],
  ['webgl', 1e-4],
];

interface Expected {
  readonly input_ids: number[];
  readonly logits: number[];
}

/**
 * Runs the package in a real browser: a page loads a converted model over HTTP with tf.loadLayersModel, predicts, and
 * trains a little, on each backend.
 *
 * The browser is Chromium, found at its usual places or named by the environment variable CHROMIUM.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'deberta-browser-'));
  const expected = JSON.parse(readFileSync(join(CHECKPOINT, 'expected.json'), 'utf8')) as Expected[];
  let [browser, server]: [Browser | undefined, Server | undefined] = [undefined, undefined];
  let failed = 0;
  try {
    await convertCheckpoint(CHECKPOINT, join(folder, 'model'));
    await build({
      entryPoints: [join(__dirname, 'page.ts')],
      bundle: true,
      platform: 'browser',
      outfile: join(folder, 'page.js'),
      logLevel: 'error',
    });
    server = serve({ '/model/': join(folder, 'model'), '/wasm/': WASM, '/': folder });
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    for (const [backend, tolerance] of TOLERANCES) {
      const page = await browser.newPage();
      await page.goto(`${origin}/index.html`);
      const task: PageTask = {
        backend,
        modelUrl: `${origin}/model/model.json`,
        wasmPaths: `${origin}/wasm/`,
        inputIds: expected.map(({ input_ids }) => input_ids),
      };
      const problem = await page
        .evaluate((given) => window.run(given), task)
        .then((result) => problemOf(result, backend, expected, tolerance), String);
      if (problem !== undefined) failed++;
      process.stdout.write(
        `${problem === undefined ? 'ok' : 'FAILED'}: ${backend} in the browser${problem === undefined ? '' : `: ${problem}`}\n`,
      );
      await page.close();
    }
  } finally {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${TOLERANCES.length - failed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
}

/** What is wrong with a result; undefined if nothing is. */
function problemOf(result: PageResult, backend: string, expected: Expected[], tolerance: number): string | undefined {
  if (result.backend !== backend) return `the page ran on ${result.backend}`;
  const differences = result.logits.flatMap((row, text) =>
    row.map((logit, label) => Math.abs(logit - expected[text]!.logits[label]!)),
  );
  const largest = Math.max(...differences);
  if (!(largest <= tolerance)) return `logits differ by ${largest}`;
  if (result.leaked !== 0) return `predictions left ${result.leaked} tensors behind`;
  if (!(result.losses.at(-1)! < result.losses[0]!))
    return `training went from loss ${result.losses[0]} to ${result.losses.at(-1)}`;
  return undefined;
}

function findChromium(): string {
  const found = process.env.CHROMIUM ?? EXECUTABLES.find(existsSync);
  if (found === undefined)
    throw new Error(`No Chromium at ${EXECUTABLES.join(', ')}; install it, or set CHROMIUM to its path.`);
  return found;
}

/** Serves folders by URL prefix, the longest first. */
function serve(folders: Readonly<Record<string, string>>): Server {
  const types: Record<string, string> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.json': 'application/json',
    '.wasm': 'application/wasm',
  };
  return createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, 'http://localhost').pathname));
    if (path === '/index.html') {
      response.setHeader('content-type', 'text/html').end('<!doctype html><script src="/page.js"></script>');
      return;
    }
    const prefix = Object.keys(folders).find((start) => path.startsWith(start))!;
    const file = join(folders[prefix]!, path.slice(prefix.length));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  }).listen(0, '127.0.0.1');
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
