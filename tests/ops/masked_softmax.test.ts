import * as tf from '@tensorflow/tfjs';
import { maskedSoftmax } from '../../src/ops/masked_softmax';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';

interface Case {
  name: string;
  scores: number[][];
  mask: number[][];
  expected: number[][];
}

const cases: Case[] = [
  {
    name: 'nothing masked: the ordinary softmax',
    scores: [
      [0, 0],
      [Math.log(3), 0],
    ],
    mask: [
      [1, 1],
      [1, 1],
    ],
    expected: [
      [0.5, 0.5],
      [0.75, 0.25],
    ],
  },
  {
    name: 'a masked key gets 0 however large its score',
    scores: [
      [0, 1e6],
      [2, 1e6],
    ],
    mask: [
      [1, 0],
      [1, 0],
    ],
    expected: [
      [1, 0],
      [1, 0],
    ],
  },
  {
    name: 'a masked query row is all zeros',
    scores: [
      [5, 7],
      [0, 0],
    ],
    mask: [
      [0, 0],
      [1, 1],
    ],
    expected: [
      [0, 0],
      [0.5, 0.5],
    ],
  },
  {
    name: 'an unmasked key gets all however low its score',
    scores: [
      [-1e6, 0],
      [-1e20, 1e20],
    ],
    mask: [
      [1, 0],
      [1, 0],
    ],
    expected: [
      [1, 0],
      [1, 0],
    ],
  },
  {
    name: 'huge scores do not overflow',
    scores: [
      [1e30, 1e30],
      [1e6, 1e6 + 0.0625],
    ],
    mask: [
      [1, 1],
      [1, 0],
    ],
    expected: [
      [0.5, 0.5],
      [1, 0],
    ],
  },
  { name: 'one key', scores: [[7]], mask: [[1]], expected: [[1]] },
  { name: 'one masked key', scores: [[7]], mask: [[0]], expected: [[0]] },
];

eachBackend('maskedSoftmax', () => {
  test.each(cases)('$name', ({ scores, mask, expected }) => {
    expect(maskedSoftmax(tf.tensor4d([[scores]]), tf.tensor4d([[mask]]))).toBeCloseToTensor([[expected]]);
  });

  test.each(['float32', 'int32', 'bool'] as const)('takes a mask of type %s', (dtype) => {
    const mask = tf.tensor2d([[1, 0, 1]], [1, 3], dtype);
    expect(maskedSoftmax(tf.tensor2d([[1, 9, 1]]), mask)).toBeCloseToTensor([[0.5, 0, 0.5]]);
  });

  test('broadcasts the mask over heads and queries', () => {
    const mask = tf.tensor([1, 0, 0, 1], [1, 2, 1, 2]);
    expect(maskedSoftmax(tf.zeros([2, 2, 2, 2]), mask)).toBeCloseToTensor([
      [
        [
          [1, 0],
          [1, 0],
        ],
        [
          [0, 1],
          [0, 1],
        ],
      ],
      [
        [
          [1, 0],
          [1, 0],
        ],
        [
          [0, 1],
          [0, 1],
        ],
      ],
    ]);
  });

  test('masked entries are exactly 0', () => {
    const probabilities = maskedSoftmax(tf.tensor1d([3, 4, 5]), tf.tensor1d([1, 0, 0]));
    expect(probabilities).toBeCloseToTensor([1, 0, 0], 0);
  });

  test('gradient agrees with finite differences, masked rows included', () => {
    const mask = tf.tensor4d([
      [
        [
          [1, 1, 0],
          [0, 0, 0],
          [1, 1, 1],
        ],
      ],
    ]);
    expectGradientsToMatchFiniteDifferences((x) => maskedSoftmax(x!, mask), [[2, 2, 3, 3]]);
  });

  test('no gradient flows through masked entries, nor NaN', () => {
    const mask = tf.tensor2d([
      [1, 1, 0],
      [0, 0, 0],
    ]);
    const dx = tf.grad((x) => maskedSoftmax(x, mask))(
      tf.tensor2d([
        [0, 0, 1e6],
        [1e6, -1e6, 0],
      ]),
      tf.tensor2d([
        [1, 0, 5],
        [1, 2, 3],
      ]),
    );
    expect(dx).toBeCloseToTensor([
      [0.25, -0.25, 0],
      [0, 0, 0],
    ]);
  });

  test('leaks nothing', () => {
    const scores = tf.zeros([1, 1, 2, 2]);
    const mask = tf.ones([1, 1, 2, 2]);
    expect(() => maskedSoftmax(scores, mask)).toCreateTensors(1);
    expect(() => tf.grad((x) => maskedSoftmax(x, mask))(scores)).toCreateTensors(1);
  });
});
