import * as tf from '@tensorflow/tfjs';
import { batchMatMul } from './batch_mat_mul';

/**
 * Content-to-position attention: how much each query's content asks for each relative distance.
 *
 * `c2p[q, k] = query[q] · positionKey[row of distance q − k]`, without a gather over `[S, S]`: one product with the
 * rows of all distances in order, then a shift of each query's scores by its position (all by reshaping). Batched
 * gathers are wrong on wasm (tensorflow/tfjs#8658) and have no usable gradient (tensorflow/tfjs#7494).
 *
 * @param query `[h, B, S, d]`, scaled already.
 * @param positionKeys projected rows of the relative table for distances from `S − 1` down, as columns: `[h, d, 2S]`.
 * @returns `[h, B, S, S]`.
 */
export function contentToPosition(query: tf.Tensor4D, positionKeys: tf.Tensor3D): tf.Tensor4D {
  return tf.tidy(() => skew(scoresByDistance(query, positionKeys)));
}

/**
 * Position-to-content attention: how much each relative distance asks for each key's content.
 *
 * `p2c[q, k] = key[k] · positionQuery[row of distance q − k]`.
 *
 * @param key `[h, B, S, d]`.
 * @param positionQueries projected rows of the relative table for distances from `−(S − 1)` up, as columns, scaled:
 *   `[h, d, 2S]`.
 * @returns `[h, B, S, S]`.
 */
export function positionToContent(key: tf.Tensor4D, positionQueries: tf.Tensor3D): tf.Tensor4D {
  return tf.tidy(() => tf.transpose(skew(scoresByDistance(key, positionQueries)), [0, 1, 3, 2]));
}

/** `[h, B, S, d] × [h, d, 2S]` → `[h, B, S, 2S]`; the batch is folded into the rows, so nothing is broadcast. */
function scoresByDistance(content: tf.Tensor4D, positions: tf.Tensor3D): tf.Tensor4D {
  const [heads, batch, length, headSize] = content.shape;
  const rows = tf.reshape(content, [heads, batch * length, headSize]);
  return tf.reshape(batchMatMul(rows, positions), [heads, batch, length, 2 * length]);
}

/** `out[i, j] = scores[i, S − 1 − i + j]`: row i starts i columns earlier than the row above it. */
function skew(scores: tf.Tensor4D): tf.Tensor4D {
  const [heads, batch, length] = scores.shape;
  const flat = tf.reshape(scores, [heads, batch, 2 * length * length]);
  // Reading on with a stride of 2S − 1 instead of 2S moves each row by one.
  const shifted = tf.slice(flat, [0, 0, length - 1], [heads, batch, length * (2 * length - 1)]);
  const rows = tf.reshape(shifted, [heads, batch, length, 2 * length - 1]) as tf.Tensor4D;
  return tf.slice(rows, [0, 0, 0, 0], [heads, batch, length, length]);
}
