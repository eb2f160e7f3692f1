import * as tf from '@tensorflow/tfjs';

/** What the forward half of an op with its own gradient gives back. */
export interface ForwardResult<Output extends tf.Tensor> {
  readonly value: Output;
  /** Tensors the gradient needs; kept until it has been computed. */
  readonly saved: tf.Tensor[];
}

/**
 * Runs an op whose gradient is written by hand.
 *
 * The typed form of `tf.customGrad`: everything made on the way is released. tfjs itself would hold what the gradient
 * makes, and every saved tensor, until the whole backward pass is over. Weights (tf.Variable) outlive a pass and so are
 * not saved: on wasm a saved tensor is copied, and an embedding table is hundreds of megabytes.
 *
 * @param inputs tensors the op depends on.
 * @param forward computes the value from them.
 * @param gradient from the gradient of the value and the saved tensors, one gradient per input, in their order.
 */
export function withGradient<Output extends tf.Tensor>(
  inputs: tf.Tensor[],
  forward: () => ForwardResult<Output>,
  gradient: (dy: Output, saved: tf.Tensor[]) => tf.Tensor[],
): Output {
  const op = tf.customGrad((...args) => {
    const save = args[inputs.length] as unknown as (tensors: tf.Tensor[]) => void;
    const { value, saved } = forward();
    const isWeight = (tensor: tf.Tensor) => tensor instanceof tf.Variable;
    save(saved.filter((tensor) => !isWeight(tensor)));
    const gradFunc = (dy: tf.Tensor, kept: tf.Tensor[]) => {
      const next = kept.values();
      const reread = saved.map((tensor) => (isWeight(tensor) ? tensor : next.next().value!));
      const gradients = tf.tidy(() => gradient(dy as Output, reread));
      // Inside of another gradient they will be asked for once more.
      if (tf.engine().state.gradientDepth === 0) tf.dispose(kept);
      return gradients;
    };
    return { value, gradFunc };
  });
  return op(...inputs) as Output;
}
