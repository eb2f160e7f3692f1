import * as tf from '@tensorflow/tfjs';
import { withGradient } from '../../src/ops/custom_gradient';
import { gradientApart } from '../../src/ops/gradient_apart';
import { eachBackend, expectGradientsToMatchFiniteDifferences, peakBytes, randomTensor } from '../harness';

const sumOfCubes = (x: tf.Tensor) => tf.sum(tf.pow(x, 3)) as tf.Scalar;

eachBackend('gradientApart', () => {
  test('is the gradient', () => {
    expect(gradientApart(sumOfCubes, tf.tensor1d([1, -2]))).toBeCloseToTensor([3, 12]);
  });

  test('is a constant to the gradient around it', () => {
    // The derivative of x · g where g = 3x² is taken as fixed.
    const x = tf.tensor1d([1, -2]);
    expect(tf.grad((y: tf.Tensor) => tf.mul(y, gradientApart(sumOfCubes, y)))(x)).toBeCloseToTensor([3, 12]);
  });

  test('leaves the gradient around it as it is, before and after', () => {
    const fixed = randomTensor([3], 5);
    expectGradientsToMatchFiniteDifferences(
      (x) => {
        const before = tf.sin(x!);
        const slope = gradientApart((y) => tf.sum(tf.mul(tf.square(y), tf.cos(y))) as tf.Scalar, fixed);
        return tf.mul(tf.exp(before), tf.mul(slope, x!));
      },
      [[3]],
    );
  });

  test('works within another of its kind', () => {
    const outer = (x: tf.Tensor) => tf.sum(tf.mul(tf.square(x), gradientApart(sumOfCubes, tf.ones([2])))) as tf.Scalar;
    expect(gradientApart(outer, tf.tensor1d([1, -2]))).toBeCloseToTensor([6, -12]);
  });

  test.each([
    ['the function', () => tf.exp(tf.ones([2]))],
    [
      'the backward pass',
      (x: tf.Tensor) =>
        withGradient(
          [x],
          () => ({ value: tf.exp(x), saved: [x] }),
          () => {
            throw new Error('in the middle');
          },
        ),
    ],
  ])('releases everything when %s throws, and leaves the gradient around it', (where, start) => {
    const x = tf.tensor1d([1, 2]);
    const failing = (y: tf.Tensor) => {
      const value = tf.sum(tf.square(start(y))) as tf.Scalar;
      if (where === 'the function') throw new Error('in the middle');
      return value;
    };
    expect(() => {
      const gradient = tf.grad((y: tf.Tensor) => {
        const squared = tf.square(y);
        expect(() => gradientApart(failing, y)).toThrow('in the middle');
        return tf.sum(squared);
      })(x);
      expect(gradient).toBeCloseToTensor([2, 4]);
      return gradient;
    }).toCreateTensors(1);
  });

  test('leaves one tensor behind, in a gradient too', () => {
    const x = tf.tensor1d([1, 2]);
    expect(() => gradientApart(sumOfCubes, x)).toCreateTensors(1);
    expect(() => tf.grad((y: tf.Tensor) => tf.mul(y, gradientApart(sumOfCubes, y)))(x)).toCreateTensors(1);
  });

  test('keeps nothing of its own for the gradient around it', async () => {
    const x = randomTensor([1000]);
    const deep = (y: tf.Tensor) =>
      tf.tidy(() => tf.sum(Array.from({ length: 10 }).reduce<tf.Tensor>((state) => tf.sin(state), y)) as tf.Scalar);
    const nested = (inner: (y: tf.Tensor) => tf.Tensor) => (y: tf.Tensor) =>
      tf.tidy(() => [1, 2, 3, 4].reduce<tf.Tensor>((state) => tf.mul(state, inner(x)), y));
    const within = await peakBytes(() => tf.tidy(() => tf.grad(nested((y) => tf.grad(deep)(y)))(x)));
    const apart = await peakBytes(() => tf.tidy(() => tf.grad(nested((y) => gradientApart(deep, y)))(x)));
    expect(apart).toBeLessThan(0.5 * within);
  });
});
