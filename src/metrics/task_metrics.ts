/**
 * The metrics of each kind of task, by the names under which evaluations are logged and early stopping picks one; the one
 * usually reported comes first.
 *
 * Scores of question answering are in percent, all others from 0 to 1 or as their functions say.
 */
export const TASK_METRICS = {
  single_label_classification: ['accuracy', 'f1', 'matthews_correlation'],
  multi_label_classification: ['f1', 'f1_macro'],
  regression: ['pearson', 'spearman', 'mse'],
  token_classification: ['f1', 'precision', 'recall', 'accuracy'],
  question_answering: ['f1', 'exact_match'],
  masked_lm: ['perplexity'],
  multiple_choice: ['accuracy'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** One of {@link TASK_METRICS}. */
export type MetricTask = keyof typeof TASK_METRICS;

/** Values of a task's metrics. */
export type TaskMetrics<Task extends MetricTask> = Record<(typeof TASK_METRICS)[Task][number], number>;

const LOWER_IS_BETTER: ReadonlySet<string> = new Set(['loss', 'mse', 'perplexity']);

/** Whether a model is better the lower this metric is, or the loss. */
export function isLowerBetter(metric: string): boolean {
  return LOWER_IS_BETTER.has(metric);
}
