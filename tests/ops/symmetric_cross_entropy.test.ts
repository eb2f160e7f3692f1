import * as tf from '@tensorflow/tfjs';
import { symmetricBinaryCrossEntropy, symmetricCrossEntropy } from '../../src/ops/symmetric_cross_entropy';
import { eachBackend, expectGradientsToMatchFiniteDifferences, randomTensor } from '../harness';

const [P, Q] = [
  [0.5, 0.25, 0.25],
  [0.1, 0.2, 0.7],
];

/** Both cross-entropies with the probabilities in front of the logarithms fixed at a point. */
const around = (p: tf.Tensor, q: tf.Tensor) => (logits: tf.Tensor, others: tf.Tensor) =>
  tf.neg(tf.sum(tf.add(tf.mul(q, tf.logSoftmax(logits)), tf.mul(p, tf.logSoftmax(others))), 1));

eachBackend('symmetricCrossEntropy', () => {
  test('adds both cross-entropies of each row', () => {
    const expected = -P.reduce((sum, p, i) => sum + Q[i]! * Math.log(p) + p * Math.log(Q[i]!), 0);
    // A logit may be shifted by any number.
    const logits = tf.tensor2d([P.map((p) => Math.log(p) + 3), P.map(Math.log)]);
    const others = tf.tensor2d([Q.map(Math.log), P.map(Math.log)]);
    const entropy = -P.reduce((sum, p) => sum + p * Math.log(p), 0);
    expect(symmetricCrossEntropy(logits, others)).toBeCloseToTensor([expected, 2 * entropy]);
  });

  test('has the gradient of its logarithms alone', () => {
    const [a, b] = [randomTensor([3, 4], 1), randomTensor([3, 4], 2)] as [tf.Tensor2D, tf.Tensor2D];
    const dy = randomTensor([3], 3);
    const fixed = around(tf.softmax(a), tf.softmax(b));
    expectGradientsToMatchFiniteDifferences((x, y) => fixed(x!, y!), [a, b]);
    const expected = tf.grads(fixed)([a, b], dy);
    const received = tf.grads((x: tf.Tensor, y: tf.Tensor) =>
      symmetricCrossEntropy(x as tf.Tensor2D, y as tf.Tensor2D),
    )([a, b], dy);
    for (const [index, gradient] of received.entries()) expect(gradient).toBeCloseToTensor(expected[index]!);
    expect(tf.add(received[0]!, received[1]!)).toBeCloseToTensor(tf.zeros([3, 4]), 0);
  });

  test('of equal rows has no gradient', () => {
    const a = randomTensor([2, 5]) as tf.Tensor2D;
    const gradient = tf.grad((x: tf.Tensor) => symmetricCrossEntropy(x as tf.Tensor2D, a))(a);
    expect(gradient).toBeCloseToTensor(tf.zeros([2, 5]), 0);
  });

  test('stays finite for logits far apart', () => {
    const [a, b] = [tf.tensor2d([[200, -200]]), tf.tensor2d([[-200, 200]])];
    expect(symmetricCrossEntropy(a, b)).toBeCloseToTensor([800]);
    const [da, db] = tf.grads((x: tf.Tensor, y: tf.Tensor) =>
      symmetricCrossEntropy(x as tf.Tensor2D, y as tf.Tensor2D),
    )([a, b]);
    expect(da!).toBeCloseToTensor([[1, -1]]);
    expect(db!).toBeCloseToTensor([[-1, 1]]);
  });

  test('of single labels is that of two classes', () => {
    const [a, b] = [randomTensor([2, 3], 1), randomTensor([2, 3], 2)];
    const pair = (x: tf.Tensor) => tf.stack([x, tf.zerosLike(x)], -1).reshape([-1, 2]) as tf.Tensor2D;
    const expected = symmetricCrossEntropy(pair(a), pair(b)).reshape([2, 3]);
    expect(symmetricBinaryCrossEntropy(a, b)).toBeCloseToTensor(expected, 0);
    const p = tf.sigmoid(a);
    const gradient = tf.grad((x: tf.Tensor) => symmetricBinaryCrossEntropy(x, b))(a);
    expect(gradient).toBeCloseToTensor(tf.sub(p, tf.sigmoid(b)));
  });

  test('leaks nothing', () => {
    const [a, b] = [randomTensor([3, 4], 1), randomTensor([3, 4], 2)];
    expect(() => symmetricCrossEntropy(a as tf.Tensor2D, b as tf.Tensor2D)).toCreateTensors(1);
    expect(() => symmetricBinaryCrossEntropy(a, b)).toCreateTensors(1);
    const f = (x: tf.Tensor, y: tf.Tensor) => symmetricCrossEntropy(x as tf.Tensor2D, y as tf.Tensor2D);
    expect(() => tf.grads(f)([a, b])).toCreateTensors(2);
  });
});
