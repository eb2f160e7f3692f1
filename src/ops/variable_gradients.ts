import * as tf from '@tensorflow/tfjs';
import { releasingTape } from './releasing_tape';

/**
 * The value of a function and its gradients by names of variables, as `tf.variableGrads`; when something throws, what was
 * kept for the gradients is released.
 *
 * @param variables those to differentiate by.
 */
export function variableGradients(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
): { value: tf.Scalar; grads: tf.NamedTensorMap } {
  return releasingTape(() => tf.tidy(() => tf.variableGrads(f, [...variables])));
}
