import * as tf from '@tensorflow/tfjs';
import { withGradient } from './custom_gradient';
import { gatherRows } from './gather_rows';

/**
 * Rows of a table by their indices.
 *
 * Own op because the gradient tfjs has for `gather` needs a kernel the wasm backend lacks (UnsortedSegmentSum);
 * this one adds the rows up with ScatterNd, which every backend has.
 *
 * @param table `[V, E]`.
 * @param ids int32, any shape; each at least 0 and below `V` (not checked here, where a read-back would stall a GPU).
 * @returns `[...ids.shape, E]`.
 */
export function embeddingLookup(table: tf.Tensor2D, ids: tf.Tensor): tf.Tensor {
  const [, width] = table.shape;
  return withGradient(
    [table],
    () => {
      const rowIndices = tf.reshape(tf.cast(ids, 'int32'), [-1]) as tf.Tensor1D;
      const rows = tf.reshape(gatherRows(table, rowIndices), [...ids.shape, width]);
      return { value: rows, saved: [tf.reshape(rowIndices, [-1, 1])] };
    },
    (dy, [indices]) => [tf.scatterND(indices!, tf.reshape(dy, [-1, width]), table.shape)],
  );
}
