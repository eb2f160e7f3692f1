import { type BestEvaluation, nextBest } from '../../src/training/best_evaluation';
import type { EarlyStoppingOptions } from '../../src/training/train_options';

/** How a run stands after evaluations with these values at steps 1, 2, … */
function afterValues(options: Omit<EarlyStoppingOptions, 'metric'>, values: readonly number[]): BestEvaluation {
  return values.reduce<BestEvaluation>(
    (before, f1, index) => nextBest({ metric: 'f1', ...options }, before, index + 1, { f1, loss: 1 }),
    { evaluationsSinceBest: 0 },
  );
}

test.each<[options: Omit<EarlyStoppingOptions, 'metric'>, values: number[], step: number, since: number]>([
  [{ mode: 'max' }, [0.5], 1, 0],
  [{ mode: 'max' }, [0.5, 0.7, 0.6], 2, 1],
  [{ mode: 'min' }, [0.5, 0.7, 0.6], 1, 2],
  [{ mode: 'max' }, [0.5, 0.5, 0.5], 1, 2],
  [{ mode: 'max', minDelta: 0.1 }, [0.5, 0.55, 0.59, 0.65], 4, 0],
  [{ mode: 'min', minDelta: 0.1 }, [0.5, 0.45], 1, 1],
  [{ mode: 'max' }, [0.5, Number.NaN, Number.POSITIVE_INFINITY], 1, 2],
  [{ mode: 'min' }, [Number.NaN, 3], 2, 0],
])('%j of %j: the best is that of step %i, %i before the last', (options, values, step, evaluationsSinceBest) => {
  expect(afterValues(options, values)).toEqual({ best: { step, value: values[step - 1] }, evaluationsSinceBest });
});

test('there is no best of values that are not finite', () => {
  expect(afterValues({ mode: 'min' }, [Number.NaN])).toEqual({ best: undefined, evaluationsSinceBest: 1 });
});

test('a metric that the evaluation does not give is refused', () => {
  const judge = () => nextBest({ metric: 'f2', mode: 'max' }, { evaluationsSinceBest: 0 }, 1, { f1: 1, loss: 2 });
  expect(judge).toThrowDebertaError('usage', /must give f2, .* received f1, loss; name one of its values/);
});
