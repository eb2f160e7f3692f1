import type { PretrainFlags } from './pretrain_flags';

/** Steps between two times that something is done on the way: as the user says, else a tenth of the run. */
export function everySteps({ steps }: PretrainFlags, chosen: number | undefined): number {
  return chosen ?? Math.max(1, Math.floor(steps / 10));
}
