import { join } from 'node:path';
import { devDependencies } from '../../package.json';
import type { BackendName, DoctorReport } from '../../src/index';
import type { BatchShape } from '../batch_shape';
import { describeField } from '../describe_field';
import { forkTask } from '../fork_task';
import { markdownTable } from '../markdown_table';
import { COMPILE_COST_HEAD, compileCostRows, type Loop } from './compile_cost_rows';
import { FIRST_CALL_HEAD, firstCallRows } from './first_call_rows';
import { heatsOf } from './heats';
import { MEMORY_HEAD, memoryRows } from './memory_rows';
import { MIXED_HEAD, mixedRows } from './mixed_rows';
import { mixedWorkload } from './mixed_workload';
import { type ModelName, makeModels } from './models';
import { onnxruntime, tfjs, wasm } from './participants';
import { type RaceExtent, raceSections } from './race_sections';
import { steadyTimes } from './steady_times';
import { uniform, type Workload } from './workload';

/** Options of {@link benchPredict}. */
export interface PredictBenchOptions {
  /** A Python with `tests/reference/requirements.txt` and `onnx`; it makes the models and takes part. */
  readonly python?: string;
  readonly models: readonly ModelName[];
  /** Texts without padding; some of different lengths are timed as well. */
  readonly shapes: readonly BatchShape[];
  readonly backends: readonly BackendName[];
  readonly threads: number;
  /** Whether wasm takes part with relaxed SIMD as well, where Node has it behind a flag. */
  readonly relaxedSimd: boolean;
  /** Time of each participant for each workload. */
  readonly seconds: number;
  /** A call expected to take longer than this is left out, in seconds. */
  readonly maxSeconds: number;
  /** Only sees whether everything works. */
  readonly quick: boolean;
}

/** npm packages that take part. */
const PEERS = ['onnxruntime-node', 'onnxruntime-web', '@huggingface/transformers'] as const;

/** How much is measured. */
interface Extent extends RaceExtent {
  /** Texts of different lengths. */
  readonly mixed: Workload;
  /** Calls of each batch of them. */
  readonly mixedRounds: number;
  /** Shapes whose first calls are timed. */
  readonly shapes: readonly Workload[];
  readonly loops: readonly Loop[];
}

const [SHORT, MEDIUM] = [uniform(1, 16), uniform(1, 128)];

function extentOf(options: PredictBenchOptions, mixed: Workload): Extent {
  const { models, seconds, maxSeconds, quick } = options;
  if (quick) {
    return {
      models: ['xsmall'],
      workloads: [SHORT, mixed],
      race: { seconds: 0.2, rounds: 1, maxSeconds },
      mixed,
      mixedRounds: 1,
      shapes: [SHORT, MEDIUM],
      loops: [{ workload: SHORT, calls: 20 }],
    };
  }
  const asked = options.shapes.map(([batch, length]) => uniform(batch, length));
  const others = asked.filter(({ name }) => name !== SHORT.name && name !== MEDIUM.name);
  return {
    models,
    workloads: [...asked, mixed],
    race: { seconds, rounds: 3, maxSeconds },
    mixed,
    mixedRounds: 10,
    shapes: [SHORT, MEDIUM, ...others],
    loops: [
      { workload: SHORT, calls: 200 },
      { workload: MEDIUM, calls: 60 },
    ],
  };
}

/**
 * Times `predict` beside ONNX Runtime, native and in WebAssembly, and transformers.js, which run a graph of the same
 * weights exported by the reference, and beside the reference itself.
 *
 * Every participant is a process of its own, and all compute the same inputs by turns. The outputs are compared first.
 *
 * @returns Markdown.
 * @throws {Error} when outputs differ, or a process ends early.
 */
export async function benchPredict(options: PredictBenchOptions): Promise<string> {
  const { python, threads } = options;
  await makeModels(python);
  const report = await forkTask<undefined, DoctorReport>(join(__dirname, '..', 'diagnose_task.ts'), undefined);
  const backends = options.backends.filter((name) =>
    report.backends.some((found) => found.name === name && found.loads),
  );
  const extent = extentOf(options, await mixedWorkload());
  const sections: string[] = [];
  for (const heat of heatsOf({ ...options, backends })) sections.push(...(await raceSections(heat, extent)));
  return [
    await describeField({ report, threads, packages: PEERS.map((name) => `${name} ${devDependencies[name]}`), python }),
    ...missingBackends(options.backends, report),
    ...sections,
    ...(backends.includes('wasm') ? await mixedSection(extent, threads) : []),
    ...(backends.includes('tensorflow') ? await compilationSections(extent, threads) : []),
    ...(await memorySection(backends, extent, threads)),
  ].join('\n\n');
}

function missingBackends(asked: readonly BackendName[], { backends }: DoctorReport): string[] {
  return backends.flatMap((found) => (asked.includes(found.name) && !found.loads ? [`Left out: ${found.reason}`] : []));
}

async function mixedSection({ models, mixed, mixedRounds }: Extent, threads: number): Promise<string[]> {
  const rows: string[][] = [];
  for (const model of models) {
    tell(`${model}, texts of different lengths on wasm`);
    rows.push(...(await mixedRows(model, mixed, mixedRounds, threads)));
  }
  return ['### Texts of different lengths on `wasm`', markdownTable(MIXED_HEAD, rows)];
}

async function compilationSections(extent: Extent, threads: number): Promise<string[]> {
  const firstCalls: string[][] = [];
  const costs: string[][] = [];
  for (const model of extent.models) {
    tell(`${model}, first calls on tensorflow`);
    const steady = await steadyTimes(model, extent.shapes, threads);
    firstCalls.push(...(await firstCallRows(model, steady, threads)));
    tell(`${model}, calls during a compilation`);
    costs.push(...(await compileCostRows(model, extent.loops, steady, threads)));
  }
  return [
    '### First calls on `tensorflow`',
    markdownTable(FIRST_CALL_HEAD, firstCalls),
    '### Calls while a shape is compiled in the background',
    markdownTable(COMPILE_COST_HEAD, costs),
  ];
}

async function memorySection(backends: readonly BackendName[], extent: Extent, threads: number): Promise<string[]> {
  const ours = backends.map((backend) => (backend === 'wasm' ? wasm(threads) : tfjs(backend, threads)));
  const specs = [
    ...ours.map((spec, index) => ({ ...spec, name: backends[index]! })),
    ...(backends.includes('wasm') ? [wasm(threads, ', int8')] : []),
    onnxruntime('node', threads),
    onnxruntime('web', threads),
  ];
  const rows: string[][] = [];
  for (const model of extent.models) {
    tell(`${model}, loading`);
    rows.push(...(await memoryRows(model, specs, [SHORT, MEDIUM])));
  }
  return ['### Loading', markdownTable(MEMORY_HEAD, rows)];
}

function tell(what: string): void {
  process.stderr.write(`${what}…\n`);
}
