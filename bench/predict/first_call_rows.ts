import { formatMs, formatRatio } from '../format';
import type { ModelName } from './models';
import type { Participant } from './participant';
import { tfjs } from './participants';
import { useParticipant } from './use_participant';
import type { Workload } from './workload';

export const FIRST_CALL_HEAD = [
  'model',
  '(B, S)',
  'first call, ms',
  'plain graph, later calls, ms',
  'first / later',
  '`warmUp`, s',
] as const;

/**
 * First calls of each shape in a fresh process on `tensorflow`, one shape after the other, and in another one how long
 * `warmUp` takes for each.
 *
 * @param steady milliseconds of later calls on the plain graph.
 */
export async function firstCallRows(
  model: ModelName,
  steady: ReadonlyMap<Workload, number>,
  threads: number,
): Promise<string[][]> {
  const workloads = [...steady.keys()];
  const first = await measureEach(model, workloads, threads, (participant, workload) => participant.call(workload));
  const warmUp = await measureEach(model, workloads, threads, async (participant, workload) => {
    const start = performance.now();
    await participant.warmUp(workload);
    return performance.now() - start;
  });
  return workloads.map((workload, index) => [
    model,
    index === 0 ? `${workload.name}, the first of all` : workload.name,
    formatMs(first[index]!),
    formatMs(steady.get(workload)!),
    formatRatio(first[index]! / steady.get(workload)!),
    (warmUp[index]! / 1000).toFixed(1),
  ]);
}

function measureEach(
  model: ModelName,
  workloads: readonly Workload[],
  threads: number,
  measure: (participant: Participant, workload: Workload) => Promise<number>,
): Promise<number[]> {
  return useParticipant(tfjs('tensorflow', threads), model, workloads, async ({ participant }) => {
    const times: number[] = [];
    for (const workload of workloads) times.push(await measure(participant, workload));
    return times;
  });
}
