import { median } from '../statistics';
import type { ModelName } from './models';
import { tfjs } from './participants';
import { useParticipant } from './use_participant';
import type { Workload } from './workload';

const CALLS = 5;

/** Median milliseconds of TensorFlow's plain graph for each workload, after the first call of each. */
export function steadyTimes(
  model: ModelName,
  workloads: readonly Workload[],
  threads: number,
): Promise<ReadonlyMap<Workload, number>> {
  return useParticipant(tfjs('tensorflow', threads, 'plain'), model, workloads, async ({ participant }) => {
    const times = new Map<Workload, number>();
    for (const workload of workloads) {
      await participant.call(workload);
      times.set(workload, median(await participant.loop(workload, CALLS, false)));
    }
    return times;
  });
}
