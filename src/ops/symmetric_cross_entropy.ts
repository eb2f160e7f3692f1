import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * How far two distributions over classes are apart, for each row: `−Σ q · log p − Σ p · log q`, the symmetric
 * Kullback-Leibler divergence and the entropies of both.
 *
 * The gradient takes the probability in front of each logarithm as fixed: `p − q` for the logits of `p`, `q − p` for
 * those of `q`. So `symmetric_kl` in `DeBERTa/sift/sift.py` of microsoft/DeBERTa has it; the entropies are in its value and
 * have no say in what is learned.
 *
 * @param logits of `p`, `[N, C]`.
 * @param others of `q`, `[N, C]`.
 * @returns `[N]`.
 *
 * @example
 * const apart = symmetricCrossEntropy(perturbedLogits, logits);
 */
export function symmetricCrossEntropy(logits: tf.Tensor2D, others: tf.Tensor2D): tf.Tensor1D {
  return withGradient<tf.Tensor1D>(
    [logits, others],
    () => {
      const [logP, logQ] = [tf.logSoftmax(logits), tf.logSoftmax(others)];
      const [p, q] = [tf.exp(logP), tf.exp(logQ)];
      const value = tf.neg(tf.sum(tf.add(tf.mul(q, logP), tf.mul(p, logQ)), 1)) as tf.Tensor1D;
      return { value, saved: [tf.sub(p, q)] };
    },
    (dy, [difference]) => {
      const slope = tf.mul(difference!, tf.expandDims(dy, 1));
      return [slope, tf.neg(slope)];
    },
  );
}

/**
 * As {@link symmetricCrossEntropy} of each logit by itself: the two classes are that a label holds and that it does not.
 *
 * @param logits any shape.
 * @param others same shape.
 * @returns same shape.
 */
export function symmetricBinaryCrossEntropy(logits: tf.Tensor, others: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const pairs = (x: tf.Tensor) => tf.reshape(tf.stack([x, tf.zerosLike(x)], -1), [-1, 2]) as tf.Tensor2D;
    return tf.reshape(symmetricCrossEntropy(pairs(logits), pairs(others)), logits.shape);
  });
}
