import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from '../kernels/fused_kernel';
import { withGradient } from './custom_gradient';
import { plainMatMul } from './plain_mat_mul';

/**
 * Content-to-position attention: how much each query's content asks for each relative distance.
 *
 * `c2p[q, k] = query[q] · positionKey[row of distance q − k]`, without a gather over `[S, S]`: one product with the
 * rows of all distances in order, then a shift of each query's scores by its position (all by reshaping). Batched
 * gathers are wrong on wasm (tensorflow/tfjs#8658) and have no usable gradient (tensorflow/tfjs#7494). The gradient is
 * written out, since those of `tf.slice` and `tf.reshape` keep the scores, the largest tensors of a pass, to look at
 * their shapes.
 *
 * @param query `[h, B, S, d]`, scaled already.
 * @param positionKeys projected rows of the relative table for distances from `S − 1` down, as columns: `[h, d, 2S]`.
 * @returns `[h, B, S, S]`.
 */
export function contentToPosition(query: tf.Tensor4D, positionKeys: tf.Tensor3D): tf.Tensor4D {
  return relativeScores(query, positionKeys, false);
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
  return relativeScores(key, positionQueries, true);
}

/** Scores of rows of content, or their transposes. */
function relativeScores(content: tf.Tensor4D, positions: tf.Tensor3D, isTransposed: boolean): tf.Tensor4D {
  return withGradient<tf.Tensor4D>(
    [content, positions],
    () => {
      const fused = fusedKernel('DebertaRelativeScores')?.({ content, positions }, { isTransposed });
      const value = fused?.[0] ?? joinBlocks(scoresOfBlocks(content, positions), isTransposed);
      return { value: value as tf.Tensor4D, saved: [content, positions] };
    },
    (dy, saved) => {
      const [savedContent, savedPositions] = saved as [tf.Tensor, tf.Tensor];
      const inputs = { dy, content: savedContent, positions: savedPositions };
      return (
        fusedKernel('DebertaRelativeGradients')?.(inputs, { isTransposed }) ??
        gradientsOfBlocks((block) => gradientOfBlock(dy, block, isTransposed), saved)
      );
    },
  );
}

function joinBlocks(blocks: tf.Tensor4D[], isTransposed: boolean): tf.Tensor4D {
  return isTransposed ? tf.concat(blocks.map(transpose), 3) : tf.concat(blocks, 2);
}

function gradientOfBlock(dy: tf.Tensor4D, { first, rows }: Block, isTransposed: boolean): tf.Tensor4D {
  return isTransposed
    ? transpose(tf.slice(dy, [0, 0, 0, first], [-1, -1, -1, rows]))
    : tf.slice(dy, [0, 0, first, 0], [-1, -1, rows, -1]);
}

/** Rows of content that are computed at a time. */
const BLOCK_ROWS = 64;

/** Some rows of the content, and the distances that they are at from all the others. */
interface Block {
  readonly first: number;
  readonly rows: number;
  /** The first column of the positions that they need; `S + rows` in all. */
  readonly column: number;
}

/**
 * Rows of content by blocks: one row needs `S` of the `2S` distances, and a few rows next to each other little more, so
 * that nearly half of the products are saved, and what is shifted stays in the processor's cache.
 */
function blocksOf(length: number): Block[] {
  return Array.from({ length: Math.ceil(length / BLOCK_ROWS) }, (_, index) => {
    const first = index * BLOCK_ROWS;
    const rows = Math.min(BLOCK_ROWS, length - first);
    return { first, rows, column: length - first - rows };
  });
}

/** For each block `[h, B, rows, S]`. */
function scoresOfBlocks(content: tf.Tensor4D, positions: tf.Tensor3D): tf.Tensor4D[] {
  const [heads, batch, length] = content.shape;
  return blocksOf(length).map((block) =>
    tf.tidy(() => {
      const products = plainMatMul(contentOf(block, content), positionsOf(block, length, positions));
      return skew(tf.reshape(products, [heads, batch, block.rows, length + block.rows]));
    }),
  );
}

/** What the scores pass on to content and positions, given the gradient of each block's scores. */
function gradientsOfBlocks(gradientOf: (block: Block) => tf.Tensor4D, [content, positions]: tf.Tensor[]): tf.Tensor[] {
  const [heads, batch, length, size] = (content as tf.Tensor4D).shape;
  const parts = blocksOf(length).map((block) =>
    tf.tidy(() => {
      const { rows, column } = block;
      const dProducts = tf.tidy(() => tf.reshape(unskew(gradientOf(block)), [heads, batch * rows, length + rows]));
      const dContent = plainMatMul(dProducts, positionsOf(block, length, positions as tf.Tensor3D), { b: true });
      const dPositions = plainMatMul(contentOf(block, content as tf.Tensor4D), dProducts, { a: true });
      return {
        content: tf.reshape(dContent, [heads, batch, rows, size]) as tf.Tensor4D,
        positions: tf.pad(dPositions, [NO_MARGIN, NO_MARGIN, [column, length - rows - column]]),
      };
    }),
  );
  return [
    tf.concat(
      parts.map((part) => part.content),
      2,
    ),
    tf.addN(parts.map((part) => part.positions)),
  ];
}

/** `[h, B · rows, d]`; the batch is folded into the rows, so nothing is broadcast. */
function contentOf({ first, rows }: Block, content: tf.Tensor4D): tf.Tensor {
  const [heads, batch, , size] = content.shape;
  return tf.reshape(tf.slice(content, [0, 0, first, 0], [-1, -1, rows, -1]), [heads, batch * rows, size]);
}

/** `[h, d, S + rows]`. */
function positionsOf({ rows, column }: Block, length: number, positions: tf.Tensor3D): tf.Tensor {
  return tf.slice(positions, [0, 0, column], [-1, -1, length + rows]);
}

/** `[h, B, q, k]` → `[h, B, k, q]`. */
function transpose(scores: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(scores, [0, 1, 3, 2]);
}

/** `out[i, j] = scores[i, rows − 1 − i + j]`: row i starts i columns earlier than the row above it. */
function skew(scores: tf.Tensor4D): tf.Tensor4D {
  const [heads, batch, rows, width] = scores.shape;
  const flat = tf.reshape(scores, [heads, batch, rows * width]);
  // Reading on with a stride one shorter than the rows moves each row by one.
  const shifted = tf.slice(flat, [0, 0, rows - 1], [heads, batch, rows * (width - 1)]);
  const shorter = tf.reshape(shifted, [heads, batch, rows, width - 1]) as tf.Tensor4D;
  return tf.slice(shorter, [0, 0, 0, 0], [heads, batch, rows, width - rows]);
}

/** The gradient of {@link skew}: each score back to where it was, zeros elsewhere. */
function unskew(scores: tf.Tensor4D): tf.Tensor4D {
  const [heads, batch, rows, length] = scores.shape;
  const width = length + rows;
  const shorter = tf.pad(scores, [NO_MARGIN, NO_MARGIN, NO_MARGIN, [0, rows - 1]]);
  const shifted = tf.reshape(shorter, [heads, batch, rows * (width - 1)]);
  const flat = tf.pad(shifted, [NO_MARGIN, NO_MARGIN, [rows - 1, 1]]);
  return tf.reshape(flat, [heads, batch, rows, width]);
}

const NO_MARGIN: [number, number] = [0, 0];
