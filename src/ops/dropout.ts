import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from '../kernels/fused_kernel';
import { withGradient } from './custom_gradient';
import { philoxState, philoxUniform } from './philox';
import { statelessUniform } from './stateless_uniform';
import { hasTensorflowOps } from './tensorflow_op';

/**
 * Inverted dropout: each value becomes 0 with probability `rate`, the others are divided by `1 − rate`.
 *
 * The same seed gives the same mask for a shape, on every backend. On `tensorflow` the mask is drawn by an operation, so
 * that a recorded training step can be fed another seed.
 *
 * @param x any shape.
 * @param rate at least 0 and below 1; 0 gives a copy of `x`.
 * @param seed a 32-bit integer.
 * @returns same shape as `x`.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: number): T {
  if (rate === 0) return tf.clone(x);
  return withGradient<T>(
    [x],
    () => {
      const fused = fusedDropout(x, rate, seed);
      if (fused !== undefined) return { value: fused[0] as T, saved: [] };
      const mask = keptMask(x.shape, rate, seed);
      return { value: tf.mul(x, mask) as T, saved: [mask] };
    },
    // Where a kernel draws the mask while it drops, none was saved.
    (dy, [mask]) =>
      (mask === undefined ? fusedDropout(dy, rate, seed) : undefined) ?? [
        tf.mul(dy, mask ?? keptMask(dy.shape, rate, seed)),
      ],
  );
}

function fusedDropout(x: tf.Tensor, rate: number, seed: number): tf.Tensor[] | undefined {
  return fusedKernel('DebertaDropout')?.({ x }, { state: philoxState(seed), rate, kept: 1 / (1 - rate) });
}

/** 0 with probability `rate`, else `1 / (1 − rate)`. */
function keptMask(shape: number[], rate: number, seed: number): tf.Tensor {
  const kept = 1 / (1 - rate);
  if (hasTensorflowOps()) {
    return tf.mul(tf.cast(tf.greaterEqual(statelessUniform(shape, seed), rate), 'float32'), kept);
  }
  const uniform = philoxUniform(tf.util.sizeFromShape(shape), seed);
  const limit = Math.fround(rate);
  return tf.tensor(
    uniform.map((value) => (value >= limit ? kept : 0)),
    shape,
    'float32',
  );
}
