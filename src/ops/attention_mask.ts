import * as tf from '@tensorflow/tfjs';

/**
 * Which queries may look at which keys, with the head axis first, from an attention mask of any accepted rank.
 *
 * A mask of tokens masks queries as well as keys: rows of padding get no attention at all, as in the original.
 *
 * @param mask `[B, S]` for tokens, `[B, S, S]` for query-key pairs, or `[B, 1 or h, S, S]`; `[B, 1, 1, S]` masks keys.
 * @returns float32 `[1 or h, B, S or 1, S]`.
 */
export function expandAttentionMask(mask: tf.Tensor): tf.Tensor4D {
  return tf.tidy(() => {
    const allowed = tf.cast(mask, 'float32');
    if (allowed.rank === 4) return tf.transpose(allowed as tf.Tensor4D, [1, 0, 2, 3]);
    if (allowed.rank === 3) return tf.expandDims(allowed as tf.Tensor3D, 0) as tf.Tensor4D;
    const [batch = 0, length = 0] = allowed.shape;
    const keys = tf.reshape(allowed, [1, batch, 1, length]);
    const queries = tf.reshape(allowed, [1, batch, length, 1]);
    return tf.mul(queries, keys) as tf.Tensor4D;
  });
}

/**
 * Which tokens are real, from an attention mask of any accepted rank: those that at least one query may look at.
 *
 * @param mask see {@link expandAttentionMask}.
 * @returns float32 `[B, S]`.
 */
export function tokenMask(mask: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const allowed = tf.cast(mask, 'float32');
    if (allowed.rank === 2) return allowed as tf.Tensor2D;
    const [batch, length] = [allowed.shape[0]!, allowed.shape.at(-1)!];
    return tf.max(tf.reshape(allowed, [batch, -1, length]), 1) as tf.Tensor2D;
  });
}
