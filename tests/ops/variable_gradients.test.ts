import * as tf from '@tensorflow/tfjs';
import { withGradient } from '../../src/ops/custom_gradient';
import { variableGradients } from '../../src/ops/variable_gradients';
import { eachBackend } from '../harness';

eachBackend('variableGradients', () => {
  afterEach(() => tf.disposeVariables());

  test('gives the value and the gradients of the variables asked for', () => {
    const [a, b] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([3, 4]))];
    const { value, grads } = variableGradients(() => tf.sum(tf.mul(tf.square(a), b)), [a]);
    expect(value).toBeCloseToTensor(19);
    expect(Object.keys(grads)).toEqual([a.name]);
    expect(grads[a.name]!).toBeCloseToTensor([6, 16]);
  });

  const failing: Record<string, (x: tf.Tensor) => tf.Scalar> = {
    'the function': (x) => {
      tf.exp(tf.mul(tf.exp(x), x));
      throw new Error('in the middle');
    },
    'the backward pass': (x) => {
      const half = withGradient<tf.Tensor>(
        [tf.exp(x)],
        () => ({ value: tf.clone(x), saved: [x] }),
        () => {
          throw new Error('in the middle');
        },
      );
      return tf.sum(tf.exp(half));
    },
  };

  test.each(Object.keys(failing))('releases everything when %s throws', (where) => {
    const x = tf.variable(tf.tensor1d([1, 2]));
    expect(() => {
      expect(() => variableGradients(() => failing[where]!(x), [x])).toThrow('in the middle');
      return [];
    }).toCreateTensors(0);
    expect(variableGradients(() => tf.sum(x), [x]).grads[x.name]!).toBeCloseToTensor([1, 1]);
  });

  test('within another gradient leaves what that needs', () => {
    const [x, w] = [tf.tensor1d([1, 2]), tf.variable(tf.scalar(3))];
    const gradient = tf.grad((input) => {
      const squared = tf.square(input);
      expect(() => variableGradients(() => failing['the function']!(w), [w])).toThrow('in the middle');
      return tf.sum(squared);
    })(x);
    expect(gradient).toBeCloseToTensor([2, 4]);
  });
});
