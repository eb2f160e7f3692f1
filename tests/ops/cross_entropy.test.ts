import * as tf from '@tensorflow/tfjs';
import { crossEntropy, softCrossEntropy } from '../../src/ops/cross_entropy';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';
import { testAgainstPytorch } from './pytorch_losses';

/** −log softmax of one entry, in double precision. */
function negativeLogProbability(row: number[], label: number): number {
  const largest = Math.max(...row);
  return largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0)) - row[label]!;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const labelsOf = (labels: number[]) => tf.tensor1d(labels, 'int32');

const logits = [
  [0.5, -1, 2],
  [1, 1, 1],
  [-3, 0.25, 4],
  [0, 2, -2],
];

interface Case {
  name: string;
  labels: number[];
  ignoreIndex?: number;
  counted: number[];
}

const cases: Case[] = [
  { name: 'every row', labels: [2, 0, 1, 1], counted: [0, 1, 2, 3] },
  { name: 'rows not labelled -100', labels: [-100, 0, -100, 2], counted: [1, 3] },
  { name: 'the one row that is labelled', labels: [-100, -100, 1, -100], counted: [2] },
  { name: 'rows not labelled with the given index', labels: [2, 3, 3, 0], ignoreIndex: 3, counted: [0, 3] },
  { name: 'rows not labelled with an index that is a class', labels: [0, 1, 2, 0], ignoreIndex: 0, counted: [1, 2] },
];

eachBackend('crossEntropy', () => {
  testAgainstPytorch('cross_entropy', (x, labels, options) => crossEntropy(x, labelsOf(labels as number[]), options));

  test.each(cases)('is the mean over $name', ({ labels, ignoreIndex, counted }) => {
    const expected = mean(counted.map((row) => negativeLogProbability(logits[row]!, labels[row]!)));
    expect(crossEntropy(tf.tensor2d(logits), labelsOf(labels), { ignoreIndex })).toBeCloseToTensor(expected);
  });

  test('is the logarithm of the number of classes for equal logits', () => {
    expect(crossEntropy(tf.fill([3, 10], 5), labelsOf([0, 4, 9]))).toBeCloseToTensor(Math.log(10));
  });

  test('is 0 for one class', () => {
    expect(crossEntropy(tf.tensor2d([[5], [-7]]), labelsOf([0, 0]))).toBeCloseToTensor(0);
  });

  test('does not overflow for huge logits', () => {
    expect(
      crossEntropy(
        tf.tensor2d([
          [1e4, -1e4],
          [1e4, 0],
        ]),
        labelsOf([0, 1]),
      ),
    ).toBeCloseToTensor(5e3);
  });

  describe('with every row ignored', () => {
    test('is NaN, as in PyTorch', () => {
      expect(crossEntropy(tf.tensor2d(logits), labelsOf([-100, -100, -100, -100]))).toBeCloseToTensor(Number.NaN);
    });

    test('has a gradient of zeros, as in PyTorch', () => {
      const dx = tf.grad((x) => crossEntropy(x as tf.Tensor2D, labelsOf([-100, -100])))(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
      );
      expect(dx).toBeCloseToTensor(
        [
          [0, 0],
          [0, 0],
        ],
        0,
      );
    });
  });

  describe('in which no class weighs anything', () => {
    const options = { classWeights: [0, 0, 1], labelSmoothing: 0.1 };
    const lossOf = (x: tf.Tensor) => crossEntropy(x as tf.Tensor2D, labelsOf([0, 1, 0, 1]), options);

    test('is NaN, as in PyTorch', () => {
      expect(lossOf(tf.tensor2d(logits))).toBeCloseToTensor(Number.NaN);
    });

    test('has a gradient of zeros, so that no weight of a model is lost', () => {
      expect(tf.grad(lossOf)(tf.tensor2d(logits))).toBeCloseToTensor(tf.zeros([4, 3]), 0);
    });
  });

  test('takes class weights as a tensor', () => {
    const lossOf = (classWeights: number[] | tf.Tensor1D) =>
      crossEntropy(tf.tensor2d(logits), labelsOf([2, 0, 1, 1]), { classWeights, labelSmoothing: 0.2 });
    expect(lossOf(tf.tensor1d([1, 2, 0.5]))).toBeCloseToTensor(lossOf([1, 2, 0.5]), 0);
  });

  test.each(cases)('gradient agrees with finite differences over $name', ({ labels, ignoreIndex }) => {
    expectGradientsToMatchFiniteDifferences(
      (x) => crossEntropy(x as tf.Tensor2D, labelsOf(labels), { ignoreIndex }),
      [tf.tensor2d(logits)],
    );
  });

  test('ignored rows receive no gradient', () => {
    const dx = tf.grad((x) => crossEntropy(x as tf.Tensor2D, labelsOf([1, -100])))(tf.zeros([2, 2]));
    expect(dx).toBeCloseToTensor([
      [0.5, -0.5],
      [0, 0],
    ]);
  });

  test('leaks nothing', () => {
    const x = tf.tensor2d(logits);
    const labels = labelsOf([2, -100, 1, 1]);
    expect(() => crossEntropy(x, labels)).toCreateTensors(1);
    expect(() => tf.grad((y) => crossEntropy(y as tf.Tensor2D, labels))(x)).toCreateTensors(1);
  });
});

eachBackend('softCrossEntropy', () => {
  testAgainstPytorch('soft_cross_entropy', (x, rows, options) =>
    softCrossEntropy(x, tf.tensor2d(rows as number[][]), options),
  );

  const labels = [
    [0.2, 0.3, 0.5],
    [1, 0, 0],
    [0, 0, 0],
    [2, 1, 0],
  ];

  test('is the mean over rows of −Σ labels · log softmax', () => {
    const rows = logits.map((row, i) =>
      row.reduce((sum, _, label) => sum + labels[i]![label]! * negativeLogProbability(row, label), 0),
    );
    expect(softCrossEntropy(tf.tensor2d(logits), tf.tensor2d(labels))).toBeCloseToTensor(mean(rows));
  });

  test('agrees with crossEntropy for one-hot labels', () => {
    const hard = crossEntropy(tf.tensor2d(logits), labelsOf([2, 0, 1, 1]));
    const soft = softCrossEntropy(tf.tensor2d(logits), tf.oneHot(labelsOf([2, 0, 1, 1]), 3) as tf.Tensor2D);
    expect(soft).toBeCloseToTensor(hard);
  });

  test('does not overflow for huge logits', () => {
    expect(softCrossEntropy(tf.tensor2d([[1e4, -1e4]]), tf.tensor2d([[1, 0]]))).toBeCloseToTensor(0);
  });

  test('gradients agree with finite differences', () => {
    expectGradientsToMatchFiniteDifferences(
      (x, y) => softCrossEntropy(x as tf.Tensor2D, y as tf.Tensor2D),
      [tf.tensor2d(logits), tf.tensor2d(labels)],
    );
  });

  test('leaks nothing', () => {
    const [x, y] = [tf.tensor2d(logits), tf.tensor2d(labels)];
    expect(() => softCrossEntropy(x, y)).toCreateTensors(1);
    expect(() => tf.grad((z) => softCrossEntropy(z as tf.Tensor2D, y))(x)).toCreateTensors(1);
  });
});
