import * as tf from '@tensorflow/tfjs';
import { globalNorm } from '../../src/ops/global_norm';
import { eachBackend } from '../harness';

eachBackend('globalNorm', () => {
  test.each<[what: string, make: () => tf.Tensor[], norm: number]>([
    ['nothing', () => [], 0],
    ['one tensor', () => [tf.tensor1d([3, -4])], 5],
    ['tensors of several shapes', () => [tf.tensor2d([[1, 2]]), tf.scalar(-4), tf.tensor3d([[[2]]])], 5],
    ['zeros', () => [tf.zeros([2]), tf.zeros([3])], 0],
    ['infinity', () => [tf.tensor1d([1]), tf.tensor1d([Number.NEGATIVE_INFINITY])], Number.POSITIVE_INFINITY],
    ['NaN', () => [tf.tensor1d([1, Number.NaN]), tf.tensor1d([2])], Number.NaN],
  ])('of %s', (_what, make, norm) => {
    const received = globalNorm(make());
    expect(received.shape).toEqual([]);
    expect(received).toBeCloseToTensor(norm, 1e-6);
  });

  test('leaves nothing behind', () => {
    const tensors = [tf.ones([2, 3]), tf.ones([4])];
    expect(() => globalNorm(tensors)).toCreateTensors(1);
    expect(() => globalNorm([])).toCreateTensors(1);
  });
});
