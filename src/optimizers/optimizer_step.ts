import type * as tf from '@tensorflow/tfjs';

/**
 * What one call of an optimizer does with its gradients.
 *
 * {@link combine} is a function of tensors alone: it can be computed now, or recorded into a graph and computed later
 * with other numbers.
 */
export interface OptimizerStep {
  /**
   * `update` changes the weights. Where gradients are accumulated over several calls, `start` begins a sum of them and
   * `add` goes on with it.
   */
  readonly kind: 'start' | 'add' | 'update';
  /** Whether {@link combine} reads sums of earlier gradients: one of their weights, then one for each weight. */
  readonly readsSums: boolean;
  /** The sums as they are; empty unless {@link readsSums}. */
  sums(): tf.Variable[];
  /**
   * What these gradients come to with those accumulated: new sums, or for an `update` their mean.
   *
   * @param gradientWeight how much these count among all of the step.
   */
  combine(gradients: readonly tf.Tensor[], gradientWeight: tf.Scalar, sums: readonly tf.Tensor[]): readonly tf.Tensor[];
  /**
   * Takes over what was combined: keeps the sums, or changes the weights.
   *
   * @param norm of the mean gradient of an `update`, before clipping; 0 otherwise.
   * @param hasFiniteLoss false leaves the batch out.
   */
  finish(combined: readonly tf.Tensor[], norm: number, hasFiniteLoss: boolean): void;
}
