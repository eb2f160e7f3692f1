import type * as tf from '@tensorflow/tfjs';
import type { WeightName } from './program';

/** Finds the model's own tensor of a weight as it is now; the caller does not own it. */
export type WeightReader = (name: WeightName) => tf.Tensor;
