import * as tf from '@tensorflow/tfjs';
import { withGradient } from '../../src/ops/custom_gradient';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';

/** `x · y` with its gradient written out; the superfluous ops make tensors that have to be released. */
function product(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return withGradient(
    [x, y],
    () => ({ value: tf.mul(tf.add(x, 0), y), saved: [x, y] }),
    (dy, [a, b]) => [tf.mul(dy, tf.neg(tf.neg(b!))), tf.mul(dy, a!)],
  );
}

eachBackend('withGradient', () => {
  test('gives the value of the forward half', () => {
    expect(product(tf.tensor1d([2, 3]), tf.tensor1d([5, 7]))).toBeCloseToTensor([10, 21]);
  });

  test('uses the gradient it is given, not the one tfjs would find', () => {
    const f = (x: tf.Tensor) =>
      withGradient(
        [x],
        () => ({ value: tf.square(x), saved: [] }),
        (dy) => [tf.mul(dy, 7)],
      );
    expect(tf.grad(f)(tf.tensor1d([1, 2]), tf.tensor1d([1, 10]))).toBeCloseToTensor([7, 70]);
  });

  test('gives each input its own gradient, in order', () => {
    expectGradientsToMatchFiniteDifferences(
      (x, y) => product(x!, y!),
      [
        [2, 3],
        [2, 3],
      ],
    );
  });

  test('chains with the ops before and after it', () => {
    expectGradientsToMatchFiniteDifferences((x, y) => tf.exp(product(tf.sin(x!), tf.square(y!))), [[4], [4]]);
  });

  test('keeps what the gradient needs although the op runs inside a tidy', () => {
    expectGradientsToMatchFiniteDifferences((x, y) => tf.tidy(() => product(tf.neg(x!), tf.neg(y!))), [[4], [4]]);
  });

  test('releases all but its value, and after the backward pass all but the gradients', () => {
    const x = tf.tensor1d([1, 2]);
    const y = tf.tensor1d([3, 4]);
    expect(() => product(x, y)).toCreateTensors(1);
    expect(() => tf.grads(product)([x, y])).toCreateTensors(2);
  });

  test('while the backward pass goes on, what its gradient made and kept is let go', () => {
    const seen: number[] = [];
    const counting = (x: tf.Tensor) =>
      withGradient(
        [x],
        () => ({ value: tf.neg(x), saved: [] }),
        (dy) => {
          seen.push(tf.memory().numTensors);
          return [tf.neg(dy)];
        },
      );
    const wasteful = (x: tf.Tensor) =>
      withGradient(
        [x],
        () => ({ value: tf.square(x), saved: [x, tf.exp(x)] }),
        (dy, [input]) => [tf.mul(tf.mul(dy, input!), tf.neg(tf.neg(tf.scalar(2))))],
      );
    tf.grad((x) => counting(wasteful(counting(x))))(tf.tensor1d([1, 2]));
    // One gradient more, two saved tensors less.
    expect(seen).toHaveLength(2);
    expect(seen[1]! - seen[0]!).toBe(0);
  });

  test('a gradient of a gradient finds what was kept', () => {
    const cube = (x: tf.Tensor) =>
      withGradient(
        [x],
        () => ({ value: tf.mul(tf.square(x), x), saved: [x] }),
        (dy, [input]) => [tf.mul(dy, tf.mul(tf.square(input!), 3))],
      );
    const slope = tf.grad((x: tf.Tensor) => cube(x));
    expect(tf.grad((x) => slope(x))(tf.scalar(2))).toBeCloseToTensor(12);
  });
});
