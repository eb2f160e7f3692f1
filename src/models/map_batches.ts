import * as tf from '@tensorflow/tfjs';

/** A stream of batches: as much of tf.data.Dataset as Keras-style training asks for. */
export interface BatchSource<Batch> {
  /** Number of batches, if it is known. */
  readonly size: number;
  iterator(): Promise<{ next(): Promise<IteratorResult<Batch>> }>;
}

/**
 * The same batches, each changed as it comes.
 *
 * Owns the batches: tensors of a batch that its changed form does not hold are disposed, all of them when changing
 * fails.
 */
export function mapBatches<From, To>(source: BatchSource<From>, change: (batch: From) => To): BatchSource<To> {
  return {
    size: source.size,
    async iterator() {
      const batches = await source.iterator();
      return {
        async next() {
          const { value, done = false } = await batches.next();
          // tfjs ends an epoch by `done`, with or without a last value.
          if (value == null) return { value, done: true };
          let kept = new Set<tf.Tensor>();
          try {
            const changed = change(value);
            kept = new Set(tensorsIn(changed));
            return { value: changed, done: done as false };
          } finally {
            tf.dispose(tensorsIn(value).filter((tensor) => !kept.has(tensor)));
          }
        },
      };
    },
  };
}

function tensorsIn(container: unknown): tf.Tensor[] {
  if (container instanceof tf.Tensor) return [container];
  if (typeof container !== 'object' || container === null || ArrayBuffer.isView(container)) return [];
  return Object.values(container).flatMap(tensorsIn);
}
