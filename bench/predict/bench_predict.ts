import { join } from 'node:path';
import { version as onnxruntimeVersion } from 'onnxruntime-node/package.json';
import type { BackendName, DoctorReport } from '../../src/index';
import { describeField } from '../describe_field';
import { forkTask } from '../fork_task';
import { markdownTable } from '../markdown_table';
import { COMPILE_COST_HEAD, compileCostRows, type Loop } from './compile_cost_rows';
import { FIRST_CALL_HEAD, firstCallRows } from './first_call_rows';
import { MEMORY_HEAD, memoryRows } from './memory_rows';
import { MODEL_NAMES, type ModelName, makeModels, modelFolder } from './models';
import { Participant, type ParticipantSpec } from './participant';
import { COMPILED, onnxruntime, participantsOf, tfjs } from './participants';
import { Race, type RaceOptions } from './race';
import { differenceTable, keptPlain, type RaceRow, speedTable } from './speed_tables';
import { steadyTimes } from './steady_times';
import { MIXED, SHAPES, uniform, WORKLOADS, type Workload } from './workload';

/** Options of {@link benchPredict}. */
export interface PredictBenchOptions {
  /** A Python with `tests/reference/requirements.txt` and `onnx`; it makes the models and takes part. */
  readonly python?: string;
  readonly backends: readonly BackendName[];
  readonly threads: number;
  /** Time of each participant for each workload. */
  readonly seconds: number;
  /** A call expected to take longer than this is left out, in seconds. */
  readonly maxSeconds: number;
  /** Only sees whether everything works. */
  readonly quick: boolean;
}

/** How much is measured. */
interface Extent {
  readonly models: readonly ModelName[];
  readonly workloads: readonly Workload[];
  readonly race: RaceOptions;
  /** Shapes whose first calls are timed. */
  readonly shapes: readonly Workload[];
  readonly loops: readonly Loop[];
}

const [SHORT, MEDIUM] = [uniform(1, 16), uniform(1, 128)];

function extentOf({ seconds, maxSeconds, quick }: PredictBenchOptions): Extent {
  if (quick) {
    return {
      models: ['xsmall'],
      workloads: [SHORT, MIXED],
      race: { seconds: 0.2, rounds: 1, maxSeconds },
      shapes: [SHORT, MEDIUM],
      loops: [{ workload: SHORT, calls: 20 }],
    };
  }
  const others = SHAPES.slice(2).map(([batch, length]) => uniform(batch, length));
  return {
    models: MODEL_NAMES,
    workloads: WORKLOADS,
    race: { seconds, rounds: 3, maxSeconds },
    shapes: [SHORT, MEDIUM, ...others],
    loops: [
      { workload: SHORT, calls: 200 },
      { workload: MEDIUM, calls: 60 },
    ],
  };
}

/**
 * Times `predict` beside onnxruntime-node, which runs a graph of the same weights exported by the reference, and beside
 * the reference itself.
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
  const extent = extentOf(options);
  const specs = participantsOf({ backends, threads, python });
  return [
    await describeField({ report, threads, packages: [`onnxruntime-node ${onnxruntimeVersion}`], python }),
    ...missingBackends(options.backends, report),
    ...(await raceSections(specs, extent)),
    ...(backends.includes('tensorflow') ? await compilationSections(extent, threads) : []),
    ...(await memorySection(backends, extent, threads)),
  ].join('\n\n');
}

function missingBackends(asked: readonly BackendName[], { backends }: DoctorReport): string[] {
  return backends.flatMap((found) => (asked.includes(found.name) && !found.loads ? [`Left out: ${found.reason}`] : []));
}

async function raceSections(specs: readonly ParticipantSpec[], extent: Extent): Promise<string[]> {
  const rows: RaceRow[] = [];
  for (const model of extent.models) rows.push(...(await raceModel(model, specs, extent)));
  const [reference = '', ...others] = specs.map(({ name }) => name);
  return [
    '### Speed',
    speedTable(reference, others, rows),
    ...keptPlain(COMPILED, rows),
    '### Largest difference from the outputs of onnxruntime-node',
    differenceTable(others, rows),
  ];
}

async function raceModel(model: ModelName, specs: readonly ParticipantSpec[], extent: Extent): Promise<RaceRow[]> {
  const participants = specs.map((spec) => new Participant(spec));
  try {
    for (const participant of participants) await participant.open(modelFolder(model));
    const race = new Race(participants, extent.race);
    const rows: RaceRow[] = [];
    for (const workload of extent.workloads) {
      tell(`${model}, ${workload.name}`);
      rows.push({ model, workload, results: await race.run(workload) });
    }
    return rows;
  } finally {
    await Promise.all(participants.map((participant) => participant.close()));
  }
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
  const specs = [...backends.map((backend) => ({ ...tfjs(backend, threads), name: backend })), onnxruntime(threads)];
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
