import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from '../kernels/fused_kernel';
import { withGradient } from './custom_gradient';

/**
 * Layer normalization over the last axis: `gamma · (x − mean) / sqrt(variance + epsilon) + beta`, biased variance.
 *
 * Own op because the layer of tfjs tiles mean, variance, gamma and beta to the whole input, and its automatic
 * gradient passes through a dozen tensors of that size.
 *
 * @param x `[..., H]`.
 * @param gamma scale, `[H]`.
 * @param beta shift, `[H]`.
 * @param epsilon added to the variance; 1e-7 in every published DeBERTa.
 * @returns same shape as `x`.
 */
export function layerNorm<T extends tf.Tensor>(x: T, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): T {
  return withGradient<T>(
    [x, gamma, beta],
    () => {
      const fused = fusedKernel('DebertaNorm')?.({ x, gamma, beta }, { epsilon });
      if (fused !== undefined) return { value: fused[0] as T, saved: [...fused.slice(1), gamma] };
      const centered = tf.sub(x, tf.mean(x, -1, true));
      const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
      const normalized = tf.mul(centered, inverseDeviation);
      const value = tf.add(tf.mul(normalized, gamma), beta) as T;
      return { value, saved: [normalized, inverseDeviation, gamma] };
    },
    (dy, [normalized, inverseDeviation, scale]) => {
      const fused = fusedKernel('DebertaNormGradient')?.({
        dy,
        normalized: normalized!,
        inverseDeviation: inverseDeviation!,
        gamma: scale!,
      });
      if (fused !== undefined) return fused;
      const leadingAxes = dy.shape.slice(0, -1).map((_, axis) => axis);
      const dNormalized = tf.mul(dy, scale!);
      const alongMean = tf.mean(dNormalized, -1, true);
      const alongDeviation = tf.mul(normalized!, tf.mean(tf.mul(dNormalized, normalized!), -1, true));
      return [
        tf.mul(inverseDeviation!, tf.sub(tf.sub(dNormalized, alongMean), alongDeviation)),
        tf.sum(tf.mul(dy, normalized!), leadingAxes),
        tf.sum(dy, leadingAxes),
      ];
    },
  );
}
