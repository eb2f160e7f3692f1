import * as tf from '@tensorflow/tfjs';

/**
 * Runs a gradient, and releases what tfjs keeps for it when the function or the backward pass throws: a whole pass of
 * activations, which tfjs would hold for good.
 */
export function releasingTape<T>(differentiate: () => T): T {
  try {
    return differentiate();
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
