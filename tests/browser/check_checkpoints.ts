import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import type { HubServer } from '../harness/hub_server';
import type { CheckResult } from './check_result';
import type { CheckpointResult, CheckpointTask } from './checkpoint_page';
import { readSourceMap, violationOf } from './find_violation';

const FIXTURES = join(__dirname, '..', 'fixtures');
const COMMIT = 'c'.repeat(40);
const TOLERANCE = 1e-5;

/** A checkpoint of each format that is read: its folder in the fixtures, and the weights file for a web server. */
const CHECKPOINTS: readonly (readonly [folder: string, file: string])[] = [
  ['safetensors', 'model.safetensors'],
  ['h5_sequence_classification', 'tf_model.h5'],
  ['h5_sharded', 'tf_model.h5.index.json'],
  ['bin_sequence_classification', 'pytorch_model.bin'],
  ['bin_legacy_sequence_classification', 'pytorch_model.bin'],
  ['tf2_sequence_classification', 'tf_model.index'],
  ['savedmodel_sequence_classification', 'saved_model.pb'],
];

/**
 * Pages load a checkpoint of every format into a model, from the hub and from a URL, and predict as the reference does.
 *
 * @param script of the page, with its source map beside it.
 */
export async function* checkCheckpoints(
  browser: Browser,
  origin: string,
  hub: HubServer,
  script: string,
): AsyncGenerator<CheckResult> {
  const sourceMap = readSourceMap(script);
  hub.reset();
  const record = JSON.parse(readFileSync(join(FIXTURES, 'models', 'conv_kernel_3.json'), 'utf8'));
  const expected: number[][] = record.sequence_classification.logits;
  const context = await browser.newContext();
  for (const [folder, file] of CHECKPOINTS) {
    const files = filesOf(join(FIXTURES, 'checkpoints', folder));
    hub.addRepository(`acme/${folder}`, { revisions: { main: COMMIT }, files });
    for (const [name, content] of Object.entries(files)) hub.addFile(`/${folder}/${name}`, content);
    for (const source of [`acme/${folder}`, `${hub.origin}/${folder}/${file}`]) {
      const task = { source, hubUrl: hub.origin, inputs: record.inputs };
      const outcome = await load(context, `${origin}/checkpoint.html`, task);
      const problem = outcome instanceof Error ? outcome.message : problemOf(outcome, expected);
      const isHub = source.startsWith('acme');
      yield {
        name: `${folder} from ${isHub ? 'the hub' : 'a URL'}, in the browser`,
        problem: problem ?? violationOf(outcome as CheckpointResult, sourceMap),
      };
    }
  }
  const task = { source: 'acme/h5_sequence_classification', hubUrl: hub.origin, inputs: record.inputs };
  const refused = await load(context, `${origin}/strict_checkpoint.html`, task);
  const isExplained = refused instanceof Error && /HDF5 files need WebAssembly/.test(refused.message);
  yield {
    name: 'h5 where WebAssembly is forbidden, in the browser',
    problem: isExplained ? undefined : `it says ${refused instanceof Error ? refused.message : 'nothing'}`,
  };
  await context.close();
}

function filesOf(folder: string): Record<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path)]));
}

async function load(context: BrowserContext, url: string, task: CheckpointTask): Promise<CheckpointResult | Error> {
  const page = await context.newPage();
  await page.goto(url);
  const outcome = await page.evaluate((given) => window.loadCheckpoint(given), task).catch((error: Error) => error);
  await page.close();
  return outcome;
}

function problemOf({ logits, downloads, progress }: CheckpointResult, expected: number[][]): string | undefined {
  const differences = expected.flatMap((row, index) =>
    row.map((value, axis) => Math.abs(value - logits[index]![axis]!)),
  );
  const largest = Math.max(...differences);
  if (!(largest <= TOLERANCE)) return `logits differ by ${largest}`;
  if (progress !== 1) return `the last share of the weights told is ${progress}`;
  return downloads.length > 1 ? undefined : `bytes came in of ${downloads}`;
}
