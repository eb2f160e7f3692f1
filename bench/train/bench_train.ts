import { join } from 'node:path';
import type { DoctorReport } from '../../src/index';
import type { BatchShape } from '../batch_shape';
import { describeField } from '../describe_field';
import { forkTask } from '../fork_task';
import type { LineProgram } from '../line_process';
import { type RaceOptions, race } from './race';
import { type RaceRows, stepTable } from './step_table';
import { pytorch, tfjs } from './trainees';
import type { ModelName, Workload } from './workload';

/** Options of {@link benchTrain}. */
export interface TrainBenchOptions extends RaceOptions {
  /** A Python with `tests/reference/requirements.txt`, which takes part with PyTorch. */
  readonly python?: string;
  readonly models: readonly ModelName[];
  readonly shapes: readonly BatchShape[];
  readonly dropouts: readonly number[];
  readonly threads: number;
  /** Only sees whether everything works. */
  readonly quick: boolean;
}

/** Trainees, the reference first, and what they train. */
interface Race {
  readonly workload: Workload;
  readonly programs: readonly LineProgram[];
}

/** What `wasm` trains beside native participants. */
const WASM_SHAPE: BatchShape = [1, 128];

/** What `quick` measures instead. */
const QUICK = { models: ['xsmall'], shapes: [[1, 16]], dropouts: [0.1], rounds: 1 } as const;

/**
 * Times a whole training step of a classifier (forward, loss, backward, clipping, AdamW) beside PyTorch run eagerly, and
 * this package's ways of making it beside each other and beside the stock operations of tfjs, and reads the largest memory of each.
 *
 * @returns Markdown.
 * @throws {Error} when a process fails.
 */
export async function benchTrain(given: TrainBenchOptions): Promise<string> {
  const options = { ...given, ...(given.quick && QUICK) };
  const { threads, python } = options;
  const report = await forkTask<undefined, DoctorReport>(join(__dirname, '..', 'diagnose_task.ts'), undefined);
  const native = report.backends.find(({ name }) => name === 'tensorflow');
  const field = await describeField({ report, threads, python });
  const rows: RaceRows[] = [];
  for (const { workload, programs } of racesOf(options, native?.loads === true)) {
    const { model, shape, dropout } = workload;
    process.stderr.write(`${model}, (${shape.join(', ')}), dropout ${dropout}…\n`);
    rows.push({ workload, results: await race(programs, workload, options) });
  }
  return [field, ...(native?.loads === false ? [`Left out: ${native.reason}`] : []), stepTable(rows)].join('\n\n');
}

function racesOf({ models, shapes, dropouts, threads, python }: TrainBenchOptions, hasTensorflow: boolean): Race[] {
  const reference = python === undefined ? [] : [pytorch(python, threads)];
  const graph = hasTensorflow ? [tfjs('tensorflow', threads)] : [];
  // Once shows what these cost; operation by operation the larger model would take gigabytes more.
  const others = (model: ModelName, dropout: number) =>
    hasTensorflow && dropout === dropouts[0]
      ? [
          tfjs('tensorflow', threads, 'checkpointing'),
          ...(model === 'xsmall' ? [tfjs('tensorflow', threads, 'eager')] : []),
        ]
      : [];
  const native = models.flatMap((model) =>
    dropouts.flatMap((dropout) =>
      shapes.map((shape) => ({
        workload: { model, shape, dropout },
        programs: [...reference, ...graph, ...others(model, dropout)],
      })),
    ),
  );
  const wasm = {
    workload: { model: 'xsmall', shape: WASM_SHAPE, dropout: dropouts[0]! },
    programs: [...reference, ...graph, tfjs('wasm', threads)],
  } as const;
  // The first shape only: a step of the stock operations takes minutes there.
  const stock = {
    workload: { model: 'xsmall', shape: shapes[0]!, dropout: dropouts[0]! },
    programs: [tfjs('wasm', threads, 'stock'), tfjs('wasm', threads, 'unfused'), tfjs('wasm', threads)],
  } as const;
  return [...native.filter(({ programs }) => programs.length > 0), wasm, stock];
}
