import * as tf from '@tensorflow/tfjs';

/** A weight for each class, float `[C]`. */
export type ClassWeights = readonly number[] | tf.Tensor1D;

/** Class weights as a tensor, of the caller's or a new one. */
export function classWeightTensor(weights: ClassWeights): tf.Tensor1D {
  return weights instanceof tf.Tensor ? weights : tf.tensor1d([...weights], 'float32');
}
