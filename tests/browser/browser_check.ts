import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { convertCheckpoint } from '../../src/index';
import { HubServer } from '../harness/hub_server';
import { bundlePage } from './bundle_page';
import { checkCheckpoints } from './check_checkpoints';
import { checkModels } from './check_models';
import type { CheckResult } from './check_result';
import { checkSources } from './check_sources';
import { checkTokenizers, STRICT_POLICY, writeTokenizerFiles } from './check_tokenizers';
import { launchChromium } from './launch_chromium';
import { type PageServer, servePages } from './serve_pages';

const ROOT = join(__dirname, '..', '..');
const CHECKPOINT = join(ROOT, 'examples', 'checkpoints', 'spam');
const WASM = join(ROOT, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');

/**
 * Runs the package in a real browser, bundled without Node modules: the model on each backend, the tokenizers, and
 * loading both from a URL and from the hub, models from checkpoints of every format.
 *
 * The browser is Chromium, found at its usual places or named by the environment variable CHROMIUM.
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'deberta-browser-'));
  let [browser, server]: [Browser | undefined, PageServer | undefined] = [undefined, undefined];
  const results: CheckResult[] = [];
  const hub = await HubServer.start();
  try {
    await convertCheckpoint(CHECKPOINT, join(folder, 'model'));
    await writeTokenizerFiles(join(folder, 'tokenizers'));
    const tokenizerScript = await bundlePage('tokenizer_page.ts', folder);
    const sourceScript = await bundlePage('source_page.ts', folder);
    const checkpointScript = await bundlePage('checkpoint_page.ts', folder);
    const hubPolicy = `${STRICT_POLICY}; connect-src 'self' ${hub.origin} ${hub.cdnOrigin}`;
    // The HDF5 library is WebAssembly; code from text stays forbidden.
    const wasmPolicy = hubPolicy.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'");
    const modelScript = await bundlePage('model_page.ts', folder);
    const pages = {
      'model.html': { script: modelScript },
      'isolated.html': { script: modelScript, isIsolated: true },
      // Forbids threads made from text, which those of the kernels are.
      'threadless.html': { script: modelScript, isIsolated: true, policy: "worker-src 'self'" },
      'tokenizer.html': { script: tokenizerScript, policy: STRICT_POLICY },
      'source.html': { script: sourceScript, policy: hubPolicy },
      'checkpoint.html': { script: checkpointScript, policy: wasmPolicy },
      'strict_checkpoint.html': { script: checkpointScript, policy: hubPolicy },
    };
    server = await servePages(pages, { '/wasm/': WASM, '/': folder });
    browser = await launchChromium();
    for await (const result of checkModels(browser, server.origin, CHECKPOINT)) results.push(tell(result));
    const tokenizers = checkTokenizers(
      browser,
      server.origin,
      join(folder, 'tokenizers'),
      join(folder, tokenizerScript),
    );
    for await (const result of tokenizers) results.push(tell(result));
    const sources = checkSources(browser, server.origin, hub, join(folder, sourceScript));
    for await (const result of sources) results.push(tell(result));
    const checkpoints = checkCheckpoints(browser, server.origin, hub, join(folder, checkpointScript));
    for await (const result of checkpoints) results.push(tell(result));
  } finally {
    await browser?.close();
    server?.close();
    hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const failed = results.filter(({ problem }) => problem !== undefined).length;
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
}

function tell(result: CheckResult): CheckResult {
  const { name, problem } = result;
  process.stdout.write(problem === undefined ? `ok: ${name}\n` : `FAILED: ${name}: ${problem}\n`);
  return result;
}

main().catch((error: Error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
});
