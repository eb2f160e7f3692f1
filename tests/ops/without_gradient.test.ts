import * as tf from '@tensorflow/tfjs';
import { withoutGradient } from '../../src/ops/without_gradient';
import { eachBackend, randomTensor } from '../harness';

eachBackend('withoutGradient', () => {
  test('gives the value, and no gradient flows through it', () => {
    const f = (x: tf.Tensor) =>
      tf.mul(
        x,
        withoutGradient(() => tf.square(x)),
      );
    const { value, grad } = tf.valueAndGrad(f)(tf.scalar(3));
    expect(value).toBeCloseToTensor(27);
    expect(grad).toBeCloseToTensor(9);
  });

  test('keeps nothing while a gradient is recorded, and leaves its value behind', () => {
    const x = randomTensor([10]);
    const compute = () => withoutGradient(() => tf.exp(tf.square(tf.sin(x))));
    expect(compute).toCreateTensors(1);
    tf.grad((y) => {
      const before = tf.memory().numTensors;
      const value = compute();
      expect(tf.memory().numTensors - before).toBe(1);
      return tf.mul(y, value);
    })(x);
  });
});
