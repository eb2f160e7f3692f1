import { type ModelName, modelFolder } from './models';
import { Participant, type ParticipantSpec } from './participant';
import type { Workload } from './workload';

/** A participant that has loaded its model. */
export interface OpenParticipant {
  readonly participant: Participant;
  /** What loading took. */
  readonly milliseconds: number;
}

/** Starts a process, loads a model and prepares workloads in it, and ends it after use. */
export async function useParticipant<T>(
  spec: ParticipantSpec,
  model: ModelName,
  workloads: readonly Workload[],
  use: (open: OpenParticipant) => Promise<T>,
): Promise<T> {
  const participant = new Participant(spec);
  try {
    const milliseconds = await participant.open(modelFolder(model));
    for (const workload of workloads) await participant.prepare(workload);
    return await use({ participant, milliseconds });
  } finally {
    await participant.close();
  }
}
