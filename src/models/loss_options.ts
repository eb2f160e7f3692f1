import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../errors';
import type { ClassWeights } from '../ops/class_weights';

/** How much classes, labels and examples count in a task's loss. */
export interface LossOptions {
  /**
   * A weight for each class, `[C]`, as in PyTorch: a factor of an example's loss, and of what the mean divides by.
   *
   * With several labels at once, the weight of a label where it holds (PyTorch's `pos_weight`). For soft labels, factors
   * in the sum over classes. Positions and choices are no classes and take none, nor does regression.
   */
  readonly classWeights?: ClassWeights | undefined;
  /** The share of each label that is spread evenly over all classes, 0…1; 0 by default. Not for regression. */
  readonly labelSmoothing?: number | undefined;
  /** A weight for each example, `[B]`, or for each token where tokens have labels, `[B, S]`; 1 by default. */
  readonly sampleWeights?: tf.Tensor | undefined;
}

/**
 * Refuses options that a loss cannot carry out; reads no tensor back.
 *
 * @param classes how many the loss tells apart, or what it has instead of classes.
 * @throws {UsageError} for class weights or smoothing where they mean nothing, or out of range.
 */
export function checkLossOptions(
  { classWeights, labelSmoothing = 0 }: LossOptions,
  classes: number | 'positions' | 'choices' | 'values',
): void {
  if (!(Number.isFinite(labelSmoothing) && labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new UsageError(`labelSmoothing must be a number from 0 to 1, received ${labelSmoothing}.`, {
      path: 'labelSmoothing',
      received: labelSmoothing,
    });
  }
  if (classes === 'values' && labelSmoothing > 0) {
    throw new UsageError('labelSmoothing needs classes, and regression has none; leave it out.', {
      path: 'labelSmoothing',
    });
  }
  if (classWeights === undefined) return;
  if (typeof classes === 'string') {
    throw new UsageError(`classWeights need classes, and this task has ${classes}; leave them out.`, {
      path: 'classWeights',
      received: classes,
    });
  }
  checkClassWeights(classWeights, classes);
}

function checkClassWeights(weights: ClassWeights, classes: number): void {
  const shape = weights instanceof tf.Tensor ? weights.shape : Array.isArray(weights) ? [weights.length] : undefined;
  if (shape?.length !== 1 || shape[0] !== classes) {
    const received = shape === undefined ? typeof weights : `[${shape}]`;
    throw new UsageError(
      `classWeights must be a list of one weight for each of the ${classes} classes, received ${received}.`,
      {
        path: 'classWeights',
        expected: classes,
        received: shape ?? weights,
      },
    );
  }
  if (weights instanceof tf.Tensor) return;
  const bad = weights.find((weight) => !(Number.isFinite(weight) && weight >= 0));
  if (bad !== undefined) {
    throw new UsageError(`classWeights must be finite numbers of at least 0, received ${bad}.`, {
      path: 'classWeights',
      received: bad,
    });
  }
}

/** Loss of a task from its target and the output of the Keras graph. */
export type TaskLoss = (target: tf.Tensor, output: tf.Tensor, options?: LossOptions) => tf.Scalar;
