import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { BackendName, InferenceInfo } from '../../src/index';
import type { CheckResult } from './check_result';
import type { ModelPageResult, ModelTask } from './model_page';

/** A backend, the page it runs on, how close it must come to the reference, and how it must compute. */
interface Case {
  readonly backend: BackendName;
  readonly page: string;
  readonly tolerance: number;
  readonly executor: InferenceInfo['executor'];
  /** Threads that share memory, of the kernels. */
  readonly threads?: number;
}

const CASES: readonly Case[] = [
  { backend: 'cpu', page: 'model.html', tolerance: 1e-5, executor: 'ops' },
  { backend: 'wasm', page: 'model.html', tolerance: 1e-5, executor: 'simd', threads: 1 },
  { backend: 'wasm', page: 'isolated.html', tolerance: 1e-5, executor: 'simd', threads: 2 },
  { backend: 'wasm', page: 'threadless.html', tolerance: 1e-5, executor: 'simd', threads: 2 },
  { backend: 'webgl', page: 'model.html', tolerance: 1e-4, executor: 'ops' },
];

interface Expected {
  readonly input_ids: number[];
  readonly logits: number[];
}

/**
 * A page loads a converted model over HTTP with tf.loadLayersModel, predicts, and trains a little, on each backend.
 *
 * @param checkpoint whose texts and logits are compared with; served under `/model/` in tfjs' format.
 */
export async function* checkModels(browser: Browser, origin: string, checkpoint: string): AsyncGenerator<CheckResult> {
  const expected = JSON.parse(readFileSync(join(checkpoint, 'expected.json'), 'utf8')) as Expected[];
  for (const given of CASES) {
    const { backend } = given;
    const page = await browser.newPage();
    await page.goto(`${origin}/${given.page}`);
    const task: ModelTask = {
      backend,
      modelUrl: `${origin}/model/model.json`,
      wasmPaths: `${origin}/wasm/`,
      inputIds: expected.map(({ input_ids }) => input_ids),
    };
    const problem = await page
      .evaluate((toDo) => window.runModel(toDo), task)
      .then((result) => problemOf(result, given, expected), String);
    await page.close();
    yield { name: `${backend} in the browser, ${given.page}`, problem };
  }
}

/** What is wrong with a result; undefined if nothing is. */
function problemOf(result: ModelPageResult, given: Case, expected: Expected[]): string | undefined {
  const { backend, logits, asynchronous, leaked, losses, info } = result;
  if (backend !== given.backend) return `the page ran on ${backend}`;
  if (info.executor !== given.executor) return `predict ran by the executor ${info.executor}`;
  if (info.kernels?.threads !== given.threads) return `predict had ${info.kernels?.threads} threads`;
  for (const [name, rows] of Object.entries({ predict: logits, predictAsync: asynchronous })) {
    const differences = rows.flatMap((row, text) =>
      row.map((logit, label) => Math.abs(logit - expected[text]!.logits[label]!)),
    );
    const largest = Math.max(...differences);
    if (!(largest <= given.tolerance)) return `logits of ${name} differ by ${largest}`;
  }
  if (leaked !== 0) return `predictions left ${leaked} tensors behind`;
  if (!(losses.at(-1)! < losses[0]!)) return `training went from loss ${losses[0]} to ${losses.at(-1)}`;
  return undefined;
}
