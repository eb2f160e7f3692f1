import type { Architecture } from '../../config/architecture';
import { UsageError } from '../../errors';
import { AdamWeightDecay } from '../../optimizers/adam_weight_decay';
import {
  constantSchedule,
  cosineSchedule,
  linearSchedule,
  polynomialSchedule,
  type Schedule,
} from '../../optimizers/schedules';
import type { AdamFlags, OptimizerFlags, RunFlags } from './train_flags';

/** Rates of the guides of Hugging Face. */
const RATE = 2e-5;
const CHOICE_RATE = 5e-5;

/** The highest learning rate. */
export function peakRate({ learningRate }: OptimizerFlags, architecture: Architecture): number {
  return learningRate ?? (architecture === 'TFDebertaV2ForMultipleChoice' ? CHOICE_RATE : RATE);
}

/**
 * Optimizer steps of a whole run.
 *
 * @throws {UsageError} when the batches make no step.
 */
export function countSteps(
  { epochs, maxSteps = Number.POSITIVE_INFINITY, gradientAccumulationSteps }: RunFlags & OptimizerFlags,
  batchesPerEpoch: number,
): number {
  const steps = Math.min(maxSteps, Math.floor((epochs * batchesPerEpoch) / gradientAccumulationSteps));
  if (steps > 0) return steps;
  throw new UsageError(
    `A run must have at least one step, and its ${epochs * batchesPerEpoch} batches make none where ${gradientAccumulationSteps} are one; lower --gradient-accumulation-steps.`,
    { path: '--gradient-accumulation-steps', received: gradientAccumulationSteps },
  );
}

/** Steps in which the rate goes up; a share of the steps is rounded up, as transformers does. */
export function countWarmupSteps({ warmupSteps, warmupRatio }: AdamFlags, totalSteps: number): number {
  return warmupSteps ?? Math.ceil(totalSteps * warmupRatio);
}

/** AdamW with the schedule of the run. */
export function makeOptimizer(flags: AdamFlags, peak: number, totalSteps: number): AdamWeightDecay {
  const { maxGradNorm, ema } = flags;
  return new AdamWeightDecay({
    learningRate: makeSchedule(flags, peak, totalSteps),
    weightDecayRate: flags.weightDecay,
    layerwiseDecay: flags.layerwiseDecay,
    beta1: flags.adamBeta1,
    beta2: flags.adamBeta2,
    epsilon: flags.adamEpsilon,
    biasCorrection: flags.biasCorrection,
    accumulationSteps: flags.gradientAccumulationSteps,
    ...(maxGradNorm > 0 && { clipNorm: maxGradNorm }),
    ...(ema !== undefined && { averageDecay: ema }),
  });
}

function makeSchedule(flags: AdamFlags, peak: number, totalSteps: number): Schedule {
  const options = { peak, totalSteps, warmupSteps: countWarmupSteps(flags, totalSteps) };
  switch (flags.lrSchedulerType) {
    case 'linear':
      return linearSchedule(options);
    case 'cosine':
      return cosineSchedule(options);
    case 'cosine_with_restarts':
      return cosineSchedule({ ...options, cycles: flags.lrCycles });
    case 'polynomial':
      return polynomialSchedule({ ...options, power: flags.lrPower });
    case 'constant':
      return constantSchedule({ peak });
    case 'constant_with_warmup':
      return constantSchedule(options);
  }
}
