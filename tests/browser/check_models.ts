import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { BackendName } from '../../src/index';
import type { CheckResult } from './check_result';
import type { ModelPageResult, ModelTask } from './model_page';

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
 * A page loads a converted model over HTTP with tf.loadLayersModel, predicts, and trains a little, on each backend.
 *
 * @param checkpoint whose texts and logits are compared with; served under `/model/` in tfjs' format.
 */
export async function* checkModels(browser: Browser, origin: string, checkpoint: string): AsyncGenerator<CheckResult> {
  const expected = JSON.parse(readFileSync(join(checkpoint, 'expected.json'), 'utf8')) as Expected[];
  for (const [backend, tolerance] of TOLERANCES) {
    const page = await browser.newPage();
    await page.goto(`${origin}/model.html`);
    const task: ModelTask = {
      backend,
      modelUrl: `${origin}/model/model.json`,
      wasmPaths: `${origin}/wasm/`,
      inputIds: expected.map(({ input_ids }) => input_ids),
    };
    const problem = await page
      .evaluate((given) => window.runModel(given), task)
      .then((result) => problemOf(result, backend, expected, tolerance), String);
    await page.close();
    yield { name: `${backend} in the browser`, problem };
  }
}

/** What is wrong with a result; undefined if nothing is. */
function problemOf(
  result: ModelPageResult,
  backend: string,
  expected: Expected[],
  tolerance: number,
): string | undefined {
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
