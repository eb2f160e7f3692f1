import * as tf from '@tensorflow/tfjs';

/**
 * Takes a share of the certainty from labels and spreads it evenly: `labels · (1 − smoothing) + smoothing / classes`.
 *
 * @param labels probabilities of any shape.
 * @param smoothing 0…1.
 * @param classes how many share what is taken: 2 for labels that hold or not.
 */
export function smoothLabels(labels: tf.Tensor, smoothing: number, classes: number): tf.Tensor {
  return smoothing === 0 ? labels : tf.tidy(() => tf.add(tf.mul(labels, 1 - smoothing), smoothing / classes));
}
