import type { Batch } from '../data/batch';
import type { TrainStepResult } from '../models/train_step_result';
import type { NamedWeight } from '../optimizers/adam_weight_decay';

/**
 * What a run trains: a compiled model, or models that learn together.
 *
 * A step, and whatever is drawn for it, follows from the batch, {@link seeds}, and what {@link save} writes.
 */
export interface Trainee<Model> {
  /** What evaluations are given. */
  readonly model: Model;
  /** State of the stream that all seeds of a step come from, an unsigned 32-bit integer. */
  seeds: number;
  /** Everything that a step may change but for the optimizer's state, by names that differ. */
  readonly weights: readonly NamedWeight[];
  /** Those of {@link weights} that are trained. */
  readonly trainedWeights: readonly NamedWeight[];
  /** Makes a step with a batch. */
  step(batch: Batch): Promise<TrainStepResult>;
  /** What makes model and optimizer what they are, by names such as `model.class`; plain JSON. */
  describe(): Readonly<Record<string, unknown>>;
  /** Writes weights and the optimizer's state into an existing folder. */
  save(folder: string): Promise<void>;
  /** Takes over what {@link save} wrote. */
  restore(folder: string): Promise<void>;
  /** Takes over the weights that {@link save} wrote. */
  restoreWeights(folder: string): Promise<void>;
}
