import * as tf from '@tensorflow/tfjs';
import { philoxUniform } from '../../src/ops/philox';
import { statelessNormal } from '../../src/ops/stateless_normal';
import { statelessUniform } from '../../src/ops/stateless_uniform';
import { eachBackend } from '../harness';

eachBackend('statelessUniform', () => {
  test.each([0, 7, 0xfedcba98])('gives what Philox gives for the seed %i', (seed) => {
    expect(statelessUniform([3, 5], seed)).toBeCloseToTensor(tf.tensor(philoxUniform(15, seed), [3, 5]), 0);
  });

  test('leaks nothing', () => {
    expect(() => statelessUniform([3, 5], 1)).toCreateTensors(1);
  });
});

eachBackend('statelessNormal', () => {
  test('is Box and Muller’s pair of the uniform numbers of its seed, the same on every backend', () => {
    const uniform = philoxUniform(12, 7);
    const expected = Array.from({ length: 6 }, (_, i) => {
      const [u, v] = [uniform[i]!, uniform[6 + i]!];
      return Math.sqrt(-2 * Math.log(1 - u)) * Math.sin(2 * Math.PI * v);
    });
    expect(statelessNormal([2, 3], 7)).toBeCloseToTensor(tf.tensor(expected, [2, 3]), 2e-6);
  });

  test('has the mean, the deviation and the tails of the distribution', () => {
    const { mean, variance } = tf.moments(statelessNormal([200, 250], 3));
    expect(mean).toBeCloseToTensor(0, 0.01);
    expect(variance).toBeCloseToTensor(1, 0.02);
    const beyond = (limit: number) =>
      tf.mean(tf.cast(tf.greater(tf.abs(statelessNormal([200, 250], 3)), limit), 'float32'));
    expect(beyond(1)).toBeCloseToTensor(0.3173, 0.01);
    expect(beyond(2)).toBeCloseToTensor(0.0455, 0.004);
    expect(beyond(6)).toBeCloseToTensor(0, 0);
  });

  test('another seed gives other numbers', () => {
    expect(statelessNormal([20], 1)).not.toBeCloseToTensor(statelessNormal([20], 2));
  });

  test('leaks nothing', () => {
    expect(() => statelessNormal([2, 3], 1)).toCreateTensors(1);
  });
});
