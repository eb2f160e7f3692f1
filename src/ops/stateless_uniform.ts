import * as tf from '@tensorflow/tfjs';
import { philoxUniform } from './philox';
import { seedTensor } from './seed_tensor';
import { hasTensorflowOps, tensorflowOp } from './tensorflow_op';

/**
 * Uniform numbers of at least 0 and below 1 from a seed: the same on every backend.
 *
 * On `tensorflow` an operation draws them, so that a recorded graph can be fed another seed.
 *
 * @param seed a 32-bit integer.
 */
export function statelessUniform(shape: readonly number[], seed: number): tf.Tensor {
  if (!hasTensorflowOps()) return tf.tensor(philoxUniform(tf.util.sizeFromShape([...shape]), seed), [...shape]);
  return tf.tidy(() =>
    tensorflowOp('StatelessRandomUniform', [tf.tensor1d([...shape], 'int32'), seedTensor(seed)], {
      dtype: { dtype: 'float32' },
      T: { dtype: 'int32' },
      Tseed: { dtype: 'int32' },
    }),
  );
}
