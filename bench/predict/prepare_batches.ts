import type { PreparedBatch } from './serve';
import { idsOf, maskOf, type Workload } from './workload';

/** The inputs of a workload. */
export function prepareBatches({ batches }: Workload): PreparedBatch[] {
  return batches.map((batch) => ({ ...batch, ids: idsOf(batch), mask: maskOf(batch) }));
}
