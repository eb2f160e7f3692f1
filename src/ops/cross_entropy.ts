import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * Mean cross-entropy of class-index labels, `torch.nn.CrossEntropyLoss` with `ignore_index`.
 *
 * @param logits `[N, C]`.
 * @param labels int32 `[N]`, each below `C`, or `ignoreIndex`.
 * @param ignoreIndex rows with this label count neither in the sum nor in the mean, -100 by default.
 * @returns a scalar; NaN with a gradient of zeros if every row is ignored, as in PyTorch.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, ignoreIndex = -100): tf.Scalar {
  return withGradient<tf.Scalar>(
    [logits],
    () => {
      const counted = tf.cast(tf.notEqual(labels, ignoreIndex), 'float32');
      const count = tf.sum(counted);
      const safeLabels = tf.mul(labels, tf.cast(counted, 'int32'));
      const indices = tf.stack([tf.range(0, labels.shape[0], 1, 'int32'), safeLabels], 1);
      const logProbabilities = tf.logSoftmax(logits);
      const sum = tf.sum(tf.mul(tf.gatherND(logProbabilities, indices), counted));
      const value = tf.neg(tf.div(sum, count)) as tf.Scalar;
      // A batch without labels must not turn every weight of the model into NaN.
      const weights = tf.div(counted, tf.maximum(count, 1));
      return { value, saved: [logProbabilities, indices, weights] };
    },
    // d logits = (softmax − one-hot) · weight; the one-hot part is scattered, never built as a matrix of its own.
    (dy, [logProbabilities, indices, weights]) => {
      const rowWeights = tf.mul(weights!, dy);
      const targets = tf.scatterND(indices!, rowWeights, logProbabilities!.shape);
      return [tf.sub(tf.mul(tf.exp(logProbabilities!), tf.expandDims(rowWeights, 1)), targets)];
    },
  );
}

/**
 * Mean cross-entropy of soft labels: `−mean over rows of Σ labels · log softmax(logits)`.
 *
 * @param logits `[N, C]`.
 * @param labels float `[N, C]`, used as they are.
 */
export function softCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), -1))) as tf.Scalar);
}
