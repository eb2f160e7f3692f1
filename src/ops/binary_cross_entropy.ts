import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * Mean binary cross-entropy of logits, `torch.nn.BCEWithLogitsLoss`; does not overflow for large logits.
 *
 * @param logits any shape.
 * @param labels 0…1, same shape.
 */
export function binaryCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return withGradient<tf.Scalar>(
    [logits],
    () => {
      const tail = tf.log1p(tf.exp(tf.neg(tf.abs(logits))));
      const value = tf.mean(tf.add(tf.sub(tf.relu(logits), tf.mul(logits, labels)), tail)) as tf.Scalar;
      return { value, saved: [logits, labels] };
    },
    (dy, [x, targets]) => [tf.mul(tf.sub(tf.sigmoid(x!), targets!), tf.div(dy, x!.size))],
  );
}
