import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';
import type { RandomStream } from './random_stream';
import { runAfter } from './run_after';

/** What a computation reads, as {@link recompute} has to know it. */
export interface RecomputeInputs<Inputs extends readonly tf.Tensor[], Constants extends readonly tf.Tensor[]> {
  /** Tensors that gradients flow into. */
  readonly inputs: Inputs;
  /** Tensors without a gradient, such as masks. */
  readonly constants: Constants;
  /** Weights that gradients flow into. The computation reads them itself; others it reads get none. */
  readonly weights: readonly tf.Variable[];
  /** Where the computation draws its dropout masks from. */
  readonly seeds: RandomStream;
}

/**
 * Runs a computation whose inside is thrown away and computed again when the gradient needs it (gradient
 * checkpointing).
 *
 * Between the two passes only `inputs` and `constants` are kept, for the time of one pass more. The second run draws
 * the same seeds as the first, and so drops the same values; the stream is then put back to where it was.
 * Chen et al., "Training Deep Nets with Sublinear Memory Cost" (2016).
 *
 * The gradient is of first order: it cannot be differentiated again.
 *
 * @param reads see {@link RecomputeInputs}.
 * @param compute gives one tensor, from `inputs` and `constants` as it is handed them.
 *
 * @example
 * const y = recompute({ inputs: [x], constants: [], weights: [], seeds }, ([input]) => tf.exp(tf.sin(input)));
 */
export function recompute<
  Output extends tf.Tensor,
  const Inputs extends readonly tf.Tensor[],
  const Constants extends readonly tf.Tensor[],
>(
  { inputs, constants, weights, seeds }: RecomputeInputs<Inputs, Constants>,
  compute: (inputs: Inputs, constants: Constants) => Output,
): Output {
  const seedState = seeds.state;
  return withGradient<Output>(
    [...inputs, ...weights],
    () => ({ value: compute(inputs, constants), saved: [...inputs, ...constants] }),
    (dy, saved) => {
      const again = saved.slice(0, inputs.length).map((input) => runAfter(input, dy));
      const fixed = saved.slice(inputs.length);
      const run = () => compute(again as unknown as Inputs, fixed as unknown as Constants);
      return seeds.replayFrom(seedState, () => gradientsWithin(run, [...again, ...weights], dy));
    },
  );
}

/** Gradients of `f` while a backward pass is under way, which has a tape that tfjs would forget at the end. */
function gradientsWithin<T extends tf.Tensor>(f: () => T, xs: tf.Tensor[], dy: T): tf.Tensor[] {
  const engine = tf.engine();
  const tape = engine.state.activeTape;
  try {
    const { grads } = engine.gradients(f, xs, dy, true);
    return xs.map((x, index) => grads[index] ?? tf.zerosLike(x));
  } finally {
    engine.state.activeTape = tape;
  }
}
