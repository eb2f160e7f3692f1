import { UsageError } from '../errors';

/**
 * Learning rate of a step.
 *
 * @param step optimizer steps done so far, counted from 0.
 */
export type Schedule = (step: number) => number;

/** What every schedule but the constant one needs to know. */
export interface ScheduleOptions {
  /** Learning rate at the end of the warm-up. */
  readonly peak: number;
  /** Optimizer steps of the whole run, warm-up included. */
  readonly totalSteps: number;
  /** Steps over which the rate rises from 0 in a straight line; 0 by default. */
  readonly warmupSteps?: number;
  /** Rate that the schedule ends at; 0 by default. */
  readonly end?: number;
}

/**
 * The same rate after the warm-up, as `get_constant_schedule_with_warmup` of transformers.
 *
 * @throws {UsageError} for a negative rate or number of steps.
 */
export function constantSchedule({ peak, warmupSteps = 0 }: Pick<ScheduleOptions, 'peak' | 'warmupSteps'>): Schedule {
  requireNumbers({ peak, warmupSteps });
  return (step) => warmUp(step, warmupSteps) * peak;
}

/**
 * Down to `end` in a straight line, as `get_linear_schedule_with_warmup` of transformers.
 *
 * @throws {UsageError} for a negative rate or number of steps, or more steps of warm-up than steps.
 *
 * @example
 * const rate = linearSchedule({ peak: 2e-5, totalSteps: 1000, warmupSteps: 100 });
 * rate(50); // 1e-5
 */
export function linearSchedule(options: ScheduleOptions): Schedule {
  return polynomialSchedule({ ...options, power: 1 });
}

/**
 * Down to `end` by a power of what is left, as `get_polynomial_decay_schedule_with_warmup` of transformers.
 *
 * @param options `power`: 1 by default, a straight line.
 * @throws {UsageError} as {@link linearSchedule}, and for a negative power.
 */
export function polynomialSchedule({ power = 1, ...options }: ScheduleOptions & { readonly power?: number }): Schedule {
  requireNumbers({ power });
  return decaying(options, (progress) => (1 - progress) ** power);
}

/**
 * Down to `end` along a cosine, as `get_cosine_with_hard_restarts_schedule_with_warmup` of transformers.
 *
 * @param options `cycles`: how often the cosine starts over from the peak; 1 by default, no restart.
 * @throws {UsageError} as {@link linearSchedule}, and for a number of cycles below 1.
 */
export function cosineSchedule({ cycles = 1, ...options }: ScheduleOptions & { readonly cycles?: number }): Schedule {
  if (!Number.isInteger(cycles) || cycles < 1) {
    throw new UsageError(`cycles must be a positive integer, received ${cycles}.`, {
      path: 'cycles',
      received: cycles,
    });
  }
  return decaying(options, (progress) => (progress >= 1 ? 0 : (1 + Math.cos(Math.PI * ((progress * cycles) % 1))) / 2));
}

/** @param shape from the progress after the warm-up, 0 to 1, to the share of the way from `end` to `peak`. */
function decaying(
  { peak, totalSteps, warmupSteps = 0, end = 0 }: ScheduleOptions,
  shape: (progress: number) => number,
): Schedule {
  requireNumbers({ peak, totalSteps, warmupSteps, end });
  if (warmupSteps > totalSteps) {
    throw new UsageError(
      `warmupSteps must be at most totalSteps, ${totalSteps}, received ${warmupSteps}; shorten the warm-up or train longer.`,
      { path: 'warmupSteps', expected: totalSteps, received: warmupSteps },
    );
  }
  return (step) => {
    if (step < warmupSteps) return warmUp(step, warmupSteps) * peak;
    const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    return end + (peak - end) * shape(progress);
  };
}

function warmUp(step: number, warmupSteps: number): number {
  return step < warmupSteps ? step / warmupSteps : 1;
}

function requireNumbers(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (Number.isFinite(value) && value >= 0) continue;
    throw new UsageError(`${name} must be a number of at least 0, received ${value}.`, { path: name, received: value });
  }
}
