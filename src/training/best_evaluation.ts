import { UsageError } from '../errors';
import type { EarlyStoppingOptions } from './train_options';

/** How a run stands by its evaluations. */
export interface BestEvaluation {
  /** The best one up to now; undefined before one has a finite value. */
  readonly best?: { readonly step: number; readonly value: number } | undefined;
  /** Evaluations since then. */
  readonly evaluationsSinceBest: number;
}

/**
 * Takes an evaluation into account.
 *
 * A value that is not finite is never the best.
 *
 * @param before how the run stood.
 * @param values of the evaluation at `step`.
 * @throws {UsageError} when the metric that counts is not among the values.
 *
 * @example
 * nextBest({ metric: 'f1', mode: 'max' }, { evaluationsSinceBest: 0 }, 100, { f1: 0.8 });
 * // { best: { step: 100, value: 0.8 }, evaluationsSinceBest: 0 }
 */
export function nextBest(
  { metric, mode, minDelta = 0 }: EarlyStoppingOptions,
  { best, evaluationsSinceBest }: BestEvaluation,
  step: number,
  values: Readonly<Record<string, number>>,
): BestEvaluation {
  const value = values[metric];
  if (value === undefined) {
    throw new UsageError(
      `The evaluation must give ${metric}, which early stopping goes by, received ${Object.keys(values).join(', ') || 'no value'}; name one of its values.`,
      { path: 'earlyStopping.metric', expected: metric, received: Object.keys(values) },
    );
  }
  const gain = best === undefined ? Number.POSITIVE_INFINITY : mode === 'max' ? value - best.value : best.value - value;
  if (Number.isFinite(value) && gain > minDelta) return { best: { step, value }, evaluationsSinceBest: 0 };
  return { best, evaluationsSinceBest: evaluationsSinceBest + 1 };
}
