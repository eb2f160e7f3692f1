import { formatRatio } from '../format';
import { megabytes } from '../megabytes';
import { type ModelName, modelFolder, weightBytes } from './models';
import { Participant, type ParticipantSpec } from './participant';
import type { Workload } from './workload';

export const MEMORY_HEAD = [
  'model',
  'weights, MB',
  '',
  'loading, s',
  'peak before, MB',
  'peak of loading, MB',
  '/ weights',
  'peak with calls, MB',
  '/ weights',
] as const;

/** Time and largest resident memory of loading a model and of one call of each workload, each in a fresh process. */
export async function memoryRows(
  model: ModelName,
  specs: readonly ParticipantSpec[],
  workloads: readonly Workload[],
): Promise<string[][]> {
  const weights = await weightBytes(model);
  const rows: string[][] = [];
  for (const spec of specs) {
    const { seconds, before, loaded, called } = await measure(spec, model, workloads);
    rows.push([
      model,
      megabytes(weights),
      spec.name,
      seconds.toFixed(2),
      megabytes(before),
      megabytes(loaded),
      formatRatio(loaded / weights),
      megabytes(called),
      formatRatio(called / weights),
    ]);
  }
  return rows;
}

/** Largest resident memory of a process, in bytes, from its start on. */
interface Peaks {
  readonly seconds: number;
  readonly before: number;
  readonly loaded: number;
  readonly called: number;
}

async function measure(spec: ParticipantSpec, model: ModelName, workloads: readonly Workload[]): Promise<Peaks> {
  const participant = new Participant(spec);
  try {
    const before = await participant.peakBytes();
    const seconds = (await participant.open(modelFolder(model))) / 1000;
    const loaded = await participant.peakBytes();
    for (const workload of workloads) {
      await participant.prepare(workload);
      await participant.call(workload);
    }
    return { seconds, before, loaded, called: await participant.peakBytes() };
  } finally {
    await participant.close();
  }
}
