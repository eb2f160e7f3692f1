import { formatMs, formatRatio } from '../format';
import { median } from '../statistics';
import type { ModelName } from './models';
import { tfjs } from './participants';
import { useParticipant } from './use_participant';
import type { Workload } from './workload';

/** Calls of one workload in a row. */
export interface Loop {
  readonly workload: Workload;
  readonly calls: number;
}

export const COMPILE_COST_HEAD = [
  'model',
  '(B, S)',
  'calls',
  'loop',
  'plain graph, ms',
  'slowest call, ms',
  'slowest / plain',
  'which call',
  'calls above 2 × plain',
  'last quarter / plain',
] as const;

const LOOPS = { 'without a pause': false, 'with `setTimeout` 0 before each': true } as const;

/**
 * What compiling in the background costs those who call meanwhile: the slowest of a shape's calls in a fresh process,
 * its very first call aside.
 *
 * @param steady milliseconds of calls on the plain graph.
 */
export async function compileCostRows(
  model: ModelName,
  loops: readonly Loop[],
  steady: ReadonlyMap<Workload, number>,
  threads: number,
): Promise<string[][]> {
  const rows: string[][] = [];
  for (const { workload, calls } of loops) {
    const plain = steady.get(workload)!;
    for (const [name, yields] of Object.entries(LOOPS)) {
      const times = await loopInFreshProcess(model, workload, calls, yields, threads);
      const slowest = Math.max(...times);
      rows.push([
        model,
        workload.name,
        String(calls),
        name,
        formatMs(plain),
        formatMs(slowest),
        formatRatio(slowest / plain),
        // The first call is not among them.
        String(times.indexOf(slowest) + 2),
        String(times.filter((time) => time > 2 * plain).length),
        formatRatio(median(times.slice(-Math.ceil(times.length / 4))) / plain),
      ]);
    }
  }
  return rows;
}

function loopInFreshProcess(
  model: ModelName,
  workload: Workload,
  calls: number,
  yields: boolean,
  threads: number,
): Promise<readonly number[]> {
  return useParticipant(tfjs('tensorflow', threads), model, [workload], async ({ participant }) => {
    await participant.call(workload);
    return participant.loop(workload, calls - 1, yields);
  });
}
