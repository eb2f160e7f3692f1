import * as tf from '@tensorflow/tfjs';
import type { Batch, BatchArray } from './batch';

/** A batch as a model's `fit` takes it. */
export type BatchTensors = { xs: tf.NamedTensorMap; ys: tf.NamedTensorMap };

/**
 * The tensors of a batch: int32 of integers, float32 of floats; the caller owns them.
 *
 * @example
 * const { xs, ys } = batchToTensors(batch);
 * await model.trainOnBatch(xs, ys);
 * tf.dispose([xs, ys]);
 */
export function batchToTensors({ xs, ys }: Batch): BatchTensors {
  return { xs: toTensors(xs), ys: toTensors(ys) };
}

function toTensors(arrays: Readonly<Record<string, BatchArray>>): tf.NamedTensorMap {
  const tensors = Object.entries(arrays).map(([name, { values, shape }]) => {
    const type = values instanceof Int32Array ? 'int32' : 'float32';
    return [name, tf.tensor(values, [...shape], type)] as const;
  });
  return Object.fromEntries(tensors);
}
