import type * as tf from '@tensorflow/tfjs';
import { AdamWeightDecay } from '../optimizers/adam_weight_decay';

/** What one call of `trainStep` of a model did. */
export interface TrainStepResult {
  /** Mean over the labels of the batch that count; NaN if none does. */
  readonly loss: number;
  /** Values of the metrics given to `compile`, by their names. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Rate of the step; NaN where the optimizer does not say. */
  readonly learningRate: number;
  /** Norm of the whole gradient before clipping; undefined while gradients are accumulated, or not said. */
  readonly gradientNorm: number | undefined;
  /** Whether weights may have changed; false while gradients are accumulated. */
  readonly isUpdate: boolean;
  /** Whether loss or gradient were not finite, and the batch was left out. */
  readonly isSkipped: boolean;
}

/** What an optimizer says of the step it just made. */
export function lastStepOf(optimizer: tf.Optimizer, loss: number): Omit<TrainStepResult, 'loss' | 'metrics'> {
  if (optimizer instanceof AdamWeightDecay && optimizer.lastStep !== undefined) return optimizer.lastStep;
  return { learningRate: Number.NaN, gradientNorm: undefined, isUpdate: true, isSkipped: !Number.isFinite(loss) };
}
