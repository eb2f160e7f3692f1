import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';

/**
 * Scores of every row of an embedding table: `x · tableᵀ + bias`, the output of a masked-LM head.
 *
 * Computed as `(table · xᵀ)ᵀ`, so that the table, the largest tensor of a model, is neither transposed nor copied.
 * The wasm backend is slow with transposed operands, and wrong where a fused product has one and a bias.
 *
 * @param x `[..., E]`.
 * @param table `[V, E]`.
 * @param bias `[V]`.
 * @returns `[..., V]`.
 */
export function tiedProjection(x: tf.Tensor, table: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor {
  const [vocabSize, width] = table.shape;
  return withGradient<tf.Tensor>(
    [x, table, bias],
    () => {
      const rows = tf.reshape(x, [-1, width]) as tf.Tensor2D;
      const scores = tf.add(tf.transpose(tf.matMul(table, tf.transpose(rows)) as tf.Tensor2D), bias);
      return { value: tf.reshape(scores, [...x.shape.slice(0, -1), vocabSize]), saved: [rows, table] };
    },
    (dy, [rows, savedTable]) => {
      const dScores = tf.reshape(dy, [-1, vocabSize]) as tf.Tensor2D;
      return [
        tf.reshape(tf.matMul(dScores, savedTable as tf.Tensor2D), x.shape),
        tf.matMul(tf.transpose(dScores), rows as tf.Tensor2D),
        tf.sum(dScores, 0),
      ];
    },
  );
}
