import * as tf from '@tensorflow/tfjs';
import { hasTensorflowOps, tensorflowOp } from './tensorflow_op';

/**
 * Rows of a table.
 *
 * tfjs-node reads the indices of a gather back to check each, which stalls a GPU and cannot be recorded into a graph; on
 * that backend TensorFlow's operation is called without it, which checks on its own on a CPU.
 *
 * @param table `[V, E]`.
 * @param indices int32 `[N]`.
 * @returns `[N, E]`.
 */
export function gatherRows(table: tf.Tensor2D, indices: tf.Tensor1D): tf.Tensor2D {
  if (!hasTensorflowOps()) return tf.gather(table, indices);
  return tf.tidy(() =>
    tensorflowOp('GatherV2', [table, indices, tf.scalar(0, 'int32')], {
      batch_dims: { int: 0 },
      Tparams: { dtype: table.dtype },
      Tindices: { dtype: 'int32' },
      Taxis: { dtype: 'int32' },
    }),
  ) as tf.Tensor2D;
}
