/** `checkpoint-500`: as the trainers of transformers name them. */
const NAME = /^checkpoint-(\d+)$/;

/** Name of the checkpoint of a step. */
export function checkpointName(step: number): string {
  return `checkpoint-${step}`;
}

/** The step of a checkpoint by its name; undefined for a name that is of none. */
export function checkpointStep(name: string): number | undefined {
  const step = NAME.exec(name)?.[1];
  return step === undefined ? undefined : Number(step);
}
