import * as tf from '@tensorflow/tfjs';

/** What the backend `wasm` of tfjs can do beyond the interface of backends. */
interface RangeReader {
  readSync(data: tf.DataId, start: number, end: number): Float32Array;
}

/**
 * Rows of a table on the backend `wasm`, as numbers.
 *
 * Read one by one from where they lie: the gather of that backend goes through every number by a loop over axes, which
 * takes a hundred times as long, and a whole vocabulary read back is hundreds of megabytes.
 *
 * @param table `[V, E]`.
 * @param ids `[N]`.
 * @returns `[N, E]`.
 */
export function readRows(table: tf.Tensor2D, ids: Int32Array): Float32Array {
  const width = table.shape[1];
  const rows = new Float32Array(ids.length * width);
  const { backend } = tf.engine().state.tensorInfo.get(table.dataId)!;
  // A weight that was assigned on another backend is moved when an operation first needs it.
  const whole = backend === tf.backend() ? undefined : table.dataSync<'float32'>();
  for (const [index, id] of ids.entries()) {
    const [start, end] = [id * width, (id + 1) * width];
    const row = whole?.subarray(start, end) ?? (backend as unknown as RangeReader).readSync(table.dataId, start, end);
    rows.set(row, index * width);
  }
  return rows;
}
