import * as tf from '@tensorflow/tfjs';

/** Sizes of the blocks taken, largest first, so that little room is left between them. */
const BLOCK_MEGABYTES = [700, 100, 20, 4];

/**
 * Takes all the memory that the backend wasm can have, but for some megabytes; none of it is written to, so that the
 * machine hardly notices.
 *
 * @returns gives it back.
 */
export function fillWasmMemory(): () => void {
  const { backend } = tf.engine() as unknown as {
    backend: { makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo; disposeData(data: object): void };
  };
  const taken: tf.TensorInfo[] = [];
  for (const megabytes of BLOCK_MEGABYTES) {
    try {
      for (;;) taken.push(backend.makeOutput([megabytes, 256, 1024], 'float32'));
    } catch {
      // The next size may fit.
    }
  }
  return () => {
    for (const { dataId } of taken) backend.disposeData(dataId);
  };
}
