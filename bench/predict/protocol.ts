import type { Workload } from './workload';

/** What a participant's process is asked, one JSON object a line on its standard input. */
export type Request =
  /** Loads a model; answers {@link Opened}. */
  | { readonly do: 'open'; readonly model: string }
  /** Keeps the inputs of a workload; answers `{}`. */
  | { readonly do: 'prepare'; readonly workload: Workload; readonly inputs: readonly BatchInputs[] }
  /** Prepares the shapes of a workload as far as the participant can; answers {@link Warmed}. */
  | { readonly do: 'warmUp'; readonly workload: string }
  /** Computes a workload once, and writes the results, float32, to a file if one is given; answers {@link Timed}. */
  | { readonly do: 'call'; readonly workload: string; readonly output?: string }
  /** Computes a workload many times, giving way to timers before each call, which counts, or not; answers {@link Timed}. */
  | { readonly do: 'loop'; readonly workload: string; readonly calls: number; readonly yields: boolean }
  /** Answers {@link Memory}. */
  | { readonly do: 'memory' };

/** Inputs of a batch, row by row. */
export interface BatchInputs {
  readonly ids: readonly number[];
  readonly mask: readonly number[];
}

/** A loaded model. */
export interface Opened {
  readonly milliseconds: number;
}

/** What preparing led to. */
export interface Warmed {
  /** Whether a program compiled for their shapes computes the texts from now on. */
  readonly isCompiled: boolean;
}

/** How long each call took, from the inputs in memory to the results in memory. */
export interface Timed {
  readonly milliseconds: readonly number[];
}

/** Largest resident memory of the process so far. */
export interface Memory {
  readonly peakBytes: number;
}
