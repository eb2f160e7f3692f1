import { AdamWeightDecay, type AdamWeightDecayOptions } from './adam_weight_decay';
import { polynomialSchedule } from './schedules';

/** Options of {@link createOptimizer}, by the names of `create_optimizer` of transformers. */
export interface CreateOptimizerOptions
  extends Omit<AdamWeightDecayOptions, 'learningRate' | 'beta1' | 'beta2' | 'epsilon' | 'clipNorm'> {
  /** Learning rate after the warm-up. */
  readonly initLr: number;
  /** Optimizer steps of the whole run. */
  readonly numTrainSteps: number;
  /** Steps of warm-up, 0 by default. */
  readonly numWarmupSteps?: number;
  /** Last learning rate as a share of the first, 0 by default. */
  readonly minLrRatio?: number;
  /** Power of the decay, 1 by default: a straight line. */
  readonly power?: number;
  /** 0.9 by default. */
  readonly adamBeta1?: number;
  /** 0.999 by default. */
  readonly adamBeta2?: number;
  /** 1e-8 by default. */
  readonly adamEpsilon?: number;
  /** Largest norm of the whole gradient; no limit by default. */
  readonly adamGlobalClipnorm?: number;
}

/**
 * The optimizer and schedule of Hugging Face's Keras guides: AdamW, warm-up, then decay in a straight line.
 *
 * Mirrors `create_optimizer` of transformers, which gives the schedule beside the optimizer; here the optimizer has it.
 *
 * @throws {UsageError} for options out of range.
 *
 * @example
 * const optimizer = createOptimizer({ initLr: 2e-5, numTrainSteps: 900, numWarmupSteps: 90, weightDecayRate: 0.01 });
 */
export function createOptimizer({
  initLr,
  numTrainSteps,
  numWarmupSteps = 0,
  minLrRatio = 0,
  power = 1,
  adamBeta1 = 0.9,
  adamBeta2 = 0.999,
  adamEpsilon = 1e-8,
  adamGlobalClipnorm,
  ...options
}: CreateOptimizerOptions): AdamWeightDecay {
  const learningRate = polynomialSchedule({
    peak: initLr,
    totalSteps: numTrainSteps,
    warmupSteps: numWarmupSteps,
    end: initLr * minLrRatio,
    power,
  });
  return new AdamWeightDecay({
    ...options,
    learningRate,
    beta1: adamBeta1,
    beta2: adamBeta2,
    epsilon: adamEpsilon,
    ...(adamGlobalClipnorm === undefined ? {} : { clipNorm: adamGlobalClipnorm }),
  });
}
