import type * as tf from '@tensorflow/tfjs';

/** Whether tensors, by the identity of their data, are those of another time; every assignment of a weight renews it. */
export function isSameData(before: readonly tf.DataId[], now: readonly tf.DataId[]): boolean {
  return before.length === now.length && now.every((id, index) => id === before[index]);
}
