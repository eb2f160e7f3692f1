import * as tf from '@tensorflow/tfjs';

/**
 * The value of a function and its gradients by names of variables, as `tf.variableGrads`.
 *
 * tfjs holds on to what it keeps for the gradients when the function or the backward pass throws: a whole pass of
 * activations, for good. Here it is released.
 *
 * @param variables those to differentiate by.
 */
export function variableGradients(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
): { value: tf.Scalar; grads: tf.NamedTensorMap } {
  try {
    return tf.tidy(() => tf.variableGrads(f, [...variables]));
  } catch (error) {
    const { state } = tf.engine();
    // Of an outer gradient it is still needed.
    if (state.gradientDepth === 0) {
      for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
      state.activeTape = [];
    }
    throw error;
  }
}
