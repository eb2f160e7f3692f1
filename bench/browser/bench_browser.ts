import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { devDependencies } from '../../package.json';
import { bundlePage } from '../../tests/browser/bundle_page';
import { launchChromium } from '../../tests/browser/launch_chromium';
import { type PageServer, servePages } from '../../tests/browser/serve_pages';
import type { BatchShape } from '../batch_shape';
import { describeMachine } from '../describe_machine';
import { formatThreads } from '../format';
import { type ModelName, makeModels, modelFolder } from '../predict/models';
import { INT8_TOLERANCE } from '../predict/participants';
import { Race, type RaceOptions } from '../predict/race';
import { differenceTable, type RaceRow, speedTable } from '../predict/speed_tables';
import { uniform, type Workload } from '../predict/workload';
import { PageRacer } from './page_racer';
import type { PageTask } from './race_page';

/** Options of {@link benchBrowser}. */
export interface BrowserBenchOptions {
  /** A Python with `tests/reference/requirements.txt` and `onnx`, which makes the models. */
  readonly python?: string;
  readonly models: readonly ModelName[];
  readonly shapes: readonly BatchShape[];
  /** Threads of the pages that are isolated; others have one. */
  readonly threads: number;
  /** Time of each participant for each workload. */
  readonly seconds: number;
  /** A call expected to take longer than this is left out, in seconds. */
  readonly maxSeconds: number;
  /** Only sees whether everything works. */
  readonly quick: boolean;
}

const QUICK_SHAPE: BatchShape = [1, 16];

const MODULES = join(__dirname, '..', '..', 'node_modules');
const RUNTIME = 'onnxruntime-web';

/** What takes part, by what its name begins with. */
const LIBRARIES = {
  [RUNTIME]: { library: 'onnxruntime-web', inferencePrecision: 'float32' },
  wasm: { library: 'tfjs-deberta-v2', inferencePrecision: 'float32' },
  'wasm, int8': { library: 'tfjs-deberta-v2', inferencePrecision: 'int8' },
} as const satisfies Readonly<Record<string, Partial<PageTask>>>;

type LibraryName = keyof typeof LIBRARIES;

const LIBRARY_NAMES = Object.keys(LIBRARIES) as LibraryName[];

/**
 * Times `predict` on `wasm` beside onnxruntime-web in Chromium without a window: on one thread, and on more in pages that
 * are isolated from other origins, there by `predictAsync`. Each participant has a page of its own, and all take turns.
 *
 * @returns Markdown.
 * @throws {Error} when outputs differ, or there is no Chromium.
 */
export async function benchBrowser(options: BrowserBenchOptions): Promise<string> {
  await makeModels(options.python);
  const folder = await mkdtemp(join(tmpdir(), 'bench-browser-'));
  let [browser, server]: [Browser | undefined, PageServer | undefined] = [undefined, undefined];
  try {
    const script = await bundlePage(join(__dirname, 'race_page.ts'), folder);
    const pages = { 'race.html': { script }, 'isolated.html': { script, isIsolated: true } };
    server = await servePages(pages, {
      '/models/': dirname(modelFolder('xsmall')),
      '/runtime/': join(MODULES, RUNTIME, 'dist'),
      '/wasm/': join(MODULES, '@tensorflow', 'tfjs-backend-wasm', 'dist'),
      '/': folder,
    });
    browser = await launchChromium();
    return await raceInBrowser(browser, server.origin, options);
  } finally {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function raceInBrowser(browser: Browser, origin: string, options: BrowserBenchOptions): Promise<string> {
  const { models, shapes, threads, seconds, maxSeconds, quick } = options;
  const race: RaceOptions = { seconds: quick ? 0.2 : seconds, rounds: quick ? 1 : 3, maxSeconds };
  const workloads = (quick ? [QUICK_SHAPE] : shapes).map(([batch, length]) => uniform(batch, length));
  const rows: RaceRow[] = [];
  const builds = new Set<string>();
  for (const model of quick ? (['xsmall'] as const) : models) {
    const racers = await openRacers(browser, origin, model, [...new Set([1, threads])]);
    for (const { build } of racers) if (build !== undefined) builds.add(build);
    rows.push(...(await raceModel(model, racers, workloads, race)));
  }
  const [reference, ...others] = namesOf([1, threads]);
  return [
    describeMachine({
      threads: 'as many as a title says',
      packages: [`Chromium ${browser.version()}`, `${RUNTIME} ${devDependencies[RUNTIME]}`],
    }),
    `Builds of the kernels: ${[...builds].join(', ')}.`,
    ...[...new Set([1, threads])].flatMap((each) => speedSection(each, rows)),
    ...(threads === 1 ? [] : scalingSection(threads, rows)),
    `### Largest difference from the outputs of ${reference}`,
    differenceTable(others, rows),
  ].join('\n\n');
}

async function raceModel(
  model: ModelName,
  racers: readonly PageRacer[],
  workloads: readonly Workload[],
  options: RaceOptions,
): Promise<RaceRow[]> {
  const race = new Race(racers, options);
  const rows: RaceRow[] = [];
  for (const workload of workloads) {
    process.stderr.write(`${model}, ${workload.name}…\n`);
    rows.push({ model, workload, results: await race.run(workload) });
  }
  await Promise.all(racers.map((racer) => racer.close()));
  return rows;
}

async function openRacers(
  browser: Browser,
  origin: string,
  model: ModelName,
  counts: readonly number[],
): Promise<PageRacer[]> {
  const racers: PageRacer[] = [];
  for (const threads of counts) {
    for (const name of LIBRARY_NAMES) {
      const task: PageTask = {
        ...LIBRARIES[name],
        threads,
        modelUrl: `${origin}/models/${model}`,
        wasmPaths: `${origin}/wasm/`,
        runtimeUrl: `${origin}/runtime/ort.wasm.min.mjs`,
      };
      const url = `${origin}/${threads > 1 ? 'isolated' : 'race'}.html`;
      const tolerance = name === 'wasm, int8' ? INT8_TOLERANCE : undefined;
      racers.push(await PageRacer.open(browser, url, nameOf(name, threads), task, tolerance));
    }
  }
  return racers;
}

function speedSection(threads: number, rows: readonly RaceRow[]): string[] {
  const [reference = '', ...others] = namesOf([threads]);
  return [`### Speed, ${formatThreads(threads)} each`, speedTable(reference, others, rows)];
}

function scalingSection(threads: number, rows: readonly RaceRow[]): string[] {
  const [one, more] = [nameOf('wasm', 1), nameOf('wasm', threads)];
  return [`### Wasm with ${formatThreads(threads)} and with one`, speedTable(one, [more], rows)];
}

function namesOf(counts: readonly number[]): string[] {
  return [...new Set(counts)].flatMap((threads) => LIBRARY_NAMES.map((name) => nameOf(name, threads)));
}

function nameOf(name: LibraryName, threads: number): string {
  return `${name}, ${formatThreads(threads)}`;
}
