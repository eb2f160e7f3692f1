import * as tf from '@tensorflow/tfjs';
import { seedTensor, withSeedTensors } from '../../src/ops/seed_tensor';
import { eachBackend } from '../harness';

eachBackend('seedTensor', () => {
  test.each([
    [7, [7, 0]],
    [-7, [-7, 0]],
    [2 ** 32 - 1, [-1, 0]],
    [2 ** 31, [-(2 ** 31), 0]],
  ])('%i is %p', (seed, values) => {
    const tensor = seedTensor(seed);
    expect(tensor.dtype).toBe('int32');
    expect([...tensor.dataSync()]).toEqual(values);
    tensor.dispose();
  });

  test('gives what the caller has for a seed, also within another such call, and ends with it', () => {
    const first = tf.tensor1d([1, 1], 'int32');
    const second = tf.tensor1d([2, 2], 'int32');
    const asked: number[] = [];
    const make = (tensor: tf.Tensor1D) => (seed: number) => {
      asked.push(seed);
      return tensor;
    };
    withSeedTensors(make(first), () => {
      expect(seedTensor(3)).toBe(first);
      withSeedTensors(make(second), () => expect(seedTensor(4)).toBe(second));
      expect(seedTensor(5)).toBe(first);
    });
    expect(asked).toEqual([3, 4, 5]);
    expect(() => withSeedTensors(make(first), () => unheardOf())).toThrow('unheard of');
    expect([...seedTensor(6).dataSync()]).toEqual([6, 0]);
  });
});

function unheardOf(): never {
  throw new Error('unheard of');
}
