import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from '../kernels/fused_kernel';
import { withGradient } from './custom_gradient';

/** Underflows to probability 0 beside any real score, and stays finite: tfjs' gradients turn 0 · ∞ into NaN. */
const MASKED_SCORE = -1e30;

/**
 * Softmax over the last axis that gives masked entries exactly 0 (`XSoftmax` of microsoft/DeBERTa).
 *
 * A row whose entries are all masked, as the rows of padded queries are, becomes all zeros, where an ordinary
 * softmax would spread `1/S` over it.
 *
 * @param scores attention scores, `[..., S]`, any finite values.
 * @param mask 1 where attention is allowed, 0 elsewhere; broadcast against `scores`. No gradient flows into it.
 * @returns probabilities, same shape as `scores`; each row sums to 1, or to 0 if it is masked throughout.
 *
 * @example
 * maskedSoftmax(tf.tensor2d([[1, 1, 9]]), tf.tensor2d([[1, 1, 0]])); // [[0.5, 0.5, 0]]
 */
export function maskedSoftmax<T extends tf.Tensor>(scores: T, mask: tf.Tensor): T {
  return withGradient<T>(
    [scores],
    () => {
      const allowed = tf.cast(mask, 'float32');
      const isWide = mask.shape.at(-1) === scores.shape.at(-1);
      const fused = isWide ? fusedKernel('DebertaSoftmax')?.({ scores, mask: allowed }) : undefined;
      const probabilities = (fused?.[0] ?? plainSoftmax(scores, allowed)) as T;
      return { value: probabilities, saved: [probabilities] };
    },
    // d scores = p · (dy − Σ dy·p); masked entries have p = 0, so nothing leaks through them.
    (dy, [p]) =>
      fusedKernel('DebertaSoftmaxGradient')?.({ dy, probabilities: p! }) ?? [
        tf.mul(p!, tf.sub(dy, tf.sum(tf.mul(dy, p!), -1, true))),
      ],
  );
}

function plainSoftmax(scores: tf.Tensor, allowed: tf.Tensor): tf.Tensor {
  const penalty = tf.mul(tf.sub(1, allowed), MASKED_SCORE);
  return tf.mul(tf.softmax(tf.add(scores, penalty)), allowed);
}
