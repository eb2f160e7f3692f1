import type * as tf from '@tensorflow/tfjs';
import { AdamWeightDecay, type LastStep } from '../optimizers/adam_weight_decay';

/** What one call of `trainStep` of a model did; of an optimizer that does not say, the rate is NaN and the norm undefined. */
export interface TrainStepResult extends LastStep {
  /** Mean over the labels of the batch that count; NaN if none does. */
  readonly loss: number;
  /** Values of the metrics given to `compile`, by their names. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** What an optimizer says of the step it just made. */
export function lastStepOf(optimizer: tf.Optimizer, loss: number): LastStep {
  if (optimizer instanceof AdamWeightDecay && optimizer.lastStep !== undefined) return optimizer.lastStep;
  return { learningRate: Number.NaN, gradientNorm: undefined, isUpdate: true, isSkipped: !Number.isFinite(loss) };
}
