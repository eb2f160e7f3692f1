import * as tf from '@tensorflow/tfjs';
import { binaryCrossEntropy } from '../../src/ops/binary_cross_entropy';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';
import { testAgainstPytorch } from './pytorch_losses';

/** The definition, in double precision. */
function reference(logits: number[], labels: number[]): number {
  const terms = logits.map((x, i) => {
    const probability = 1 / (1 + Math.exp(-x));
    return -(labels[i]! * Math.log(probability) + (1 - labels[i]!) * Math.log(1 - probability));
  });
  return terms.reduce((sum, term) => sum + term, 0) / terms.length;
}

const logits = [0, 1.5, -2, 4, 10, -10];
const labels = [1, 0, 1, 0.25, 1, 0];

eachBackend('binaryCrossEntropy', () => {
  testAgainstPytorch('binary_cross_entropy', (x, rows, { classWeights: positiveWeights, ...options }) =>
    binaryCrossEntropy(x, tf.tensor2d(rows as number[][]), { positiveWeights, ...options }),
  );

  test('is the mean of −label · log p − (1 − label) · log(1 − p)', () => {
    expect(binaryCrossEntropy(tf.tensor1d(logits), tf.tensor1d(labels))).toBeCloseToTensor(reference(logits, labels));
  });

  test('is the mean over all elements of a matrix', () => {
    const actual = binaryCrossEntropy(tf.tensor2d(logits, [2, 3]), tf.tensor2d(labels, [2, 3]));
    expect(actual).toBeCloseToTensor(reference(logits, labels));
  });

  test('is ln 2 for a logit of 0, whatever the label', () => {
    expect(binaryCrossEntropy(tf.zeros([4]), tf.tensor1d([0, 1, 0.5, 0.1]))).toBeCloseToTensor(Math.LN2);
  });

  test.each([
    [1e4, 1, 0],
    [1e4, 0, 1e4],
    [-1e4, 1, 1e4],
    [-1e4, 0, 0],
  ])('a logit of %d labelled %d costs %d: no overflow', (logit, label, expected) => {
    expect(binaryCrossEntropy(tf.tensor1d([logit]), tf.tensor1d([label]))).toBeCloseToTensor(expected);
  });

  test('the gradient of huge logits is bounded', () => {
    const dx = tf.grad((x) => binaryCrossEntropy(x, tf.tensor1d([1, 0])))(tf.tensor1d([-1e4, 1e4]));
    expect(dx).toBeCloseToTensor([-0.5, 0.5]);
  });

  test('gradient agrees with finite differences', () => {
    const targets = tf.tensor2d(labels, [2, 3]);
    expectGradientsToMatchFiniteDifferences((x) => binaryCrossEntropy(x!, targets), [tf.tensor2d(logits, [2, 3])]);
  });

  test('leaks nothing', () => {
    const [x, y] = [tf.tensor1d(logits), tf.tensor1d(labels)];
    expect(() => binaryCrossEntropy(x, y)).toCreateTensors(1);
    expect(() => tf.grad((z) => binaryCrossEntropy(z, y))(x)).toCreateTensors(1);
  });
});
