import type { Workload } from './workload';

/** Somebody who takes part in a race, whatever process or page it runs in. */
export interface Racer {
  readonly name: string;
  /** Largest difference from the reference's outputs. */
  readonly tolerance: number;
  /** Keeps the inputs of a workload. */
  prepare(workload: Workload): Promise<void>;
  /** Has the shapes of a workload compiled if it can; whether they are. */
  warmUp(workload: Workload): Promise<boolean>;
  /** Computes a workload once; milliseconds. */
  call(workload: Workload): Promise<number>;
  /** Computes a workload once; the results, one batch after the other. */
  results(workload: Workload): Promise<Float32Array>;
}

/** Outputs of float32 that are farther apart than this are those of two different models. */
export const FLOAT32_TOLERANCE = 1e-4;
