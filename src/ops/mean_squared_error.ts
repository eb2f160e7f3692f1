import * as tf from '@tensorflow/tfjs';

/**
 * Mean of the squared differences, `torch.nn.MSELoss`.
 *
 * @param predictions any shape.
 * @param targets same shape.
 */
export function meanSquaredError(predictions: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.square(tf.sub(predictions, targets))) as tf.Scalar);
}
