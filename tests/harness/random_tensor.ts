import * as tf from '@tensorflow/tfjs';
import { RandomStream } from '../../src/ops/random_stream';

/** A float32 tensor of numbers between -1 and 1, the same for a shape and a seed every time. */
export function randomTensor<R extends tf.Rank>(shape: tf.ShapeMap[R], seed = 1): tf.Tensor<R> {
  const random = new RandomStream(seed);
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 2 * random.next() - 1);
  return tf.tensor<R>(values, shape, 'float32');
}
