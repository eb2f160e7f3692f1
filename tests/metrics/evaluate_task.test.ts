import {
  evaluateAnswers,
  evaluateChoices,
  evaluateMaskedLM,
  evaluateMultiLabel,
  evaluateRegression,
  evaluateSingleLabel,
  evaluateTokens,
} from '../../src/metrics/evaluate_task';
import { perplexity } from '../../src/metrics/perplexity';
import { isLowerBetter, type MetricTask, TASK_METRICS } from '../../src/metrics/task_metrics';

const tags = { labels: [['B-A', 'O', 'B-B']], predictions: [['B-A', 'B-A', 'O']] };

const CASES: Record<MetricTask, [metrics: Record<string, number>, values: number[]]> = {
  single_label_classification: [evaluateSingleLabel([0, 1, 1], [0, 1, 0]), [2 / 3, 2 / 3, 0.5]],
  multi_label_classification: [evaluateMultiLabel([[1, 0, 1]], [[1, 0, 0]]), [2 / 3, 1 / 3]],
  regression: [evaluateRegression([1, 2, 3], [1, 2, 4]), [0.9819805, 1, 1 / 3]],
  token_classification: [evaluateTokens(tags.labels, tags.predictions), [0.5, 0.5, 0.5, 1 / 3]],
  question_answering: [evaluateAnswers([['Paris']], ['in Paris']), [200 / 3, 0]],
  masked_lm: [evaluateMaskedLM(Math.log(8)), [8]],
  multiple_choice: [evaluateChoices([0, 3], [0, 2]), [0.5]],
};

test.each(Object.entries(CASES))('%s', (task, [metrics, values]) => {
  expect(Object.keys(metrics)).toEqual(TASK_METRICS[task as MetricTask]);
  expect(Object.values(metrics)).toBeCloseToTensor(values, 1e-6);
});

test('questions without an answer or with probabilities are those of SQuAD 2.0', () => {
  const parts = { HasAns_exact: 100, HasAns_f1: 100, NoAns_exact: 0, NoAns_f1: 0 };
  const all = { f1: 50, exact_match: 50 };
  expect(evaluateAnswers([['Paris'], []], ['Paris', 'Rome'])).toEqual({ ...all, ...parts });
  const best = { best_exact: 100, best_exact_thresh: 0.1, best_f1: 100, best_f1_thresh: 0.1 };
  const options = { noAnswerProbabilities: [0.1, 0.9] };
  expect(evaluateAnswers([['Paris'], []], ['Paris', 'Rome'], options)).toEqual({ ...all, ...parts, ...best });
  expect(evaluateAnswers([['Paris']], ['Paris'], { noAnswerProbabilities: [0.1] })).toEqual({
    f1: 100,
    exact_match: 100,
    HasAns_exact: 100,
    HasAns_f1: 100,
    ...best,
  });
});

test('tags can be held to a scheme', () => {
  const labels = [['B-A', 'I-A']];
  expect(evaluateTokens(labels, [['I-A', 'I-A']])).toMatchObject({ f1: 1, accuracy: 0.5 });
  expect(evaluateTokens(labels, [['I-A', 'I-A']], { scheme: 'IOB2' })).toMatchObject({ f1: 0, accuracy: 0.5 });
});

test.each([
  [0, 1],
  [Math.log(100), 100],
  [800, Number.POSITIVE_INFINITY],
  [Number.NaN, Number.NaN],
])('the perplexity of the loss %f is %f', (loss, expected) => {
  expect([perplexity(loss)]).toBeCloseToTensor([expected], 1e-9);
});

test('losses, errors and perplexities are better the lower they are', () => {
  const names = [...new Set(Object.values(TASK_METRICS).flat()), 'loss'];
  expect(names.filter(isLowerBetter)).toEqual(['mse', 'perplexity', 'loss']);
});
