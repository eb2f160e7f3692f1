import * as tf from '@tensorflow/tfjs';

/**
 * Mean over all values, in which rows may count unequally: `Σ wᵢ · mean(valuesᵢ) / Σ wᵢ`. Differentiable.
 *
 * @param values `[N, ...]`.
 * @param rowWeights float `[N]`; every row counts the same by default.
 * @returns a scalar; 0 if the weights add up to 0.
 */
export function weightedMean(values: tf.Tensor, rowWeights?: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    if (rowWeights === undefined) return tf.mean(values) as tf.Scalar;
    const rows = tf.mean(tf.reshape(values, [values.shape[0]!, -1]), 1);
    return tf.sum(tf.mul(rows, tf.divNoNan(rowWeights, tf.sum(rowWeights)))) as tf.Scalar;
  });
}
