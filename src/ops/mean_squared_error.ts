import * as tf from '@tensorflow/tfjs';
import { weightedMean } from './weighted_mean';

/**
 * Mean of the squared differences, `torch.nn.MSELoss`.
 *
 * @param predictions `[N, ...]`.
 * @param targets same shape.
 * @param rowWeights float `[N]`: how much each row counts in the mean; all the same by default.
 */
export function meanSquaredError(predictions: tf.Tensor, targets: tf.Tensor, rowWeights?: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => weightedMean(tf.square(tf.sub(predictions, targets)), rowWeights));
}
