import { UsageError } from '../../errors';
import type { OptimizerFlags } from './train_flags';
import type { TrainingTask } from './training_task';

/**
 * The weights of the classes in the loss: those given, or `balanced`, where all classes together count the same
 * (`class_weight="balanced"` of scikit-learn; a class without examples counts as it is).
 *
 * @returns undefined where every label counts the same.
 * @throws {UsageError} for weights of a task without classes, or of another number of classes, and for smoothed labels
 *   of a regression.
 */
export function lossWeights(
  { classWeights, labelSmoothing }: OptimizerFlags,
  { classCounts, config: { numLabels }, metrics }: TrainingTask,
): readonly number[] | undefined {
  if (metrics === 'regression' && labelSmoothing > 0) {
    throw new UsageError(
      'Option --label-smoothing needs labels that are classes, and these are numbers; leave it out.',
      {
        path: '--label-smoothing',
      },
    );
  }
  if (classWeights === undefined) return undefined;
  if (classWeights !== 'balanced') {
    const isAllowed = classCounts !== undefined || metrics === 'multi_label_classification';
    if (isAllowed && classWeights.length === numLabels) return classWeights;
    const expected = isAllowed
      ? `a weight for each of the ${numLabels} labels`
      : 'left out, since this task has no classes';
    throw new UsageError(`Option --class-weights must be ${expected}, received ${classWeights.length} weights.`, {
      path: '--class-weights',
      expected: isAllowed ? numLabels : undefined,
      received: classWeights,
    });
  }
  if (classCounts === undefined) {
    throw new UsageError(
      'Option --class-weights balanced needs a task with one class for each label, which this is not; leave it out.',
      { path: '--class-weights' },
    );
  }
  const total = classCounts.reduce((sum, count) => sum + count, 0);
  return classCounts.map((count) => (count === 0 ? 1 : total / (classCounts.length * count)));
}
