import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from '../kernels/fused_kernel';
import { withGradient } from './custom_gradient';

/**
 * Gaussian error linear unit, exact form: `x · Φ(x)` with the normal distribution function Φ by erf.
 *
 * Own op because the automatic gradient keeps five tensors where one suffices.
 *
 * @param x any shape.
 * @returns same shape.
 *
 * @example
 * gelu(tf.tensor1d([-1, 0, 1])); // [-0.158655, 0, 0.841345]
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return withGradient<T>(
    [x],
    () => {
      const [value = tf.mul(x, normalDistribution(x))] = fusedKernel('DebertaGelu')?.({ x }) ?? [];
      return { value: value as T, saved: [x] };
    },
    (dy, [input]) => fusedKernel('DebertaGeluGradient')?.({ x: input!, dy }) ?? [tf.mul(dy, slope(input!))],
  );
}

/** Φ(x) = (1 + erf(x / √2)) / 2. */
function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5));
}

/** Φ(x) + x · φ(x), φ being the density. The tensors on the way are as large as any in a block. */
function slope(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.add(normalDistribution(x), tf.mul(x, density(x))));
}

/** φ(x) = exp(−x² / 2) / √2π. */
function density(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI)));
}
