import * as tf from '@tensorflow/tfjs';
import { ScopedValue } from './scoped_value';

/** Gives the tensor that stands for a seed. */
export type SeedTensors = (seed: number) => tf.Tensor1D;

const seedTensors = new ScopedValue<SeedTensors>();

/**
 * Runs something whose random operations take their seeds from tensors given by the caller: a recorded graph is fed
 * other seeds later.
 */
export function withSeedTensors<T>(make: SeedTensors, run: () => T): T {
  return seedTensors.during(make, run);
}

/** A 32-bit seed as TensorFlow's stateless operations take it, int32 `[2]`. */
export function seedTensor(seed: number): tf.Tensor1D {
  return seedTensors.current?.(seed) ?? makeSeedTensor(seed);
}

/** {@link seedTensor} with a value of its own. */
export function makeSeedTensor(seed: number): tf.Tensor1D {
  return tf.tensor1d([seed | 0, 0], 'int32');
}
