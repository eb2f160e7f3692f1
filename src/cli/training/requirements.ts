import type { DebertaV2Config } from '../../config/deberta_v2_config';
import { InputError, UsageError } from '../../errors';
import { TASK_METRICS } from '../../metrics/task_metrics';
import type { DebertaV2TokenizerFast } from '../../tokenization/deberta_v2_tokenizer_fast';
import type { TrainFlags } from './train_flags';
import type { PreparedTask, TrainingTask } from './training_task';

/**
 * Refuses a tokenizer with ids that the model has no embedding for.
 *
 * @throws {InputError} naming both sizes.
 */
export function requireVocabulary({ length }: DebertaV2TokenizerFast, { vocabSize }: DebertaV2Config): void {
  if (length <= vocabSize) return;
  throw new InputError(
    `The model must have an embedding for each token, and has ${vocabSize} for the ${length} of the tokenizer; is this the tokenizer of the model?`,
    { path: 'vocab_size', expected: length, received: vocabSize },
  );
}

/**
 * The value of evaluations that decides which is best: the user's, else the task's first.
 *
 * @returns undefined where nothing is held out.
 * @throws {UsageError} when the user's is none of the task, or nothing is held out to measure it on.
 */
export function requireMetric(
  { metric, earlyStopping }: TrainFlags,
  { metrics }: TrainingTask,
  { evaluate }: PreparedTask,
): string | undefined {
  if (evaluate === undefined) {
    const option = metric !== undefined ? '--metric' : earlyStopping !== undefined ? '--early-stopping' : undefined;
    if (option === undefined) return undefined;
    throw new UsageError(`Option ${option} needs examples that are held out; give --eval, or leave --eval-split out.`, {
      path: option,
    });
  }
  const names: readonly string[] = [...TASK_METRICS[metrics], ...(metrics === 'question_answering' ? [] : ['loss'])];
  if (metric === undefined || names.includes(metric)) return metric ?? names[0];
  throw new UsageError(`Option --metric must be one of ${names.join(', ')} for this task, received ${metric}.`, {
    path: '--metric',
    expected: names,
    received: metric,
  });
}
