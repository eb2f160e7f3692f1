import * as tf from '@tensorflow/tfjs';
import { embeddingLookup } from '../../src/ops/embedding_lookup';
import { eachBackend, expectGradientsToMatchFiniteDifferences, type NestedNumbers } from '../harness';

const table = [
  [0, 1],
  [10, 11],
  [20, 21],
];

interface Case {
  name: string;
  ids: NestedNumbers;
  expected: NestedNumbers;
}

const cases: Case[] = [
  { name: 'one id', ids: 2, expected: [20, 21] },
  { name: 'a list', ids: [1], expected: [[10, 11]] },
  {
    name: 'a batch',
    ids: [
      [0, 2],
      [1, 1],
    ],
    expected: [
      [
        [0, 1],
        [20, 21],
      ],
      [
        [10, 11],
        [10, 11],
      ],
    ],
  },
  { name: 'rank 3', ids: [[[2]], [[0]]], expected: [[[[20, 21]]], [[[0, 1]]]] },
];

eachBackend('embeddingLookup', () => {
  test.each(cases)('gives the rows of $name', ({ ids, expected }) => {
    expect(embeddingLookup(tf.tensor2d(table), tf.tensor(ids as number[], undefined, 'int32'))).toBeCloseToTensor(
      expected,
    );
  });

  test('takes ids that came as float32', () => {
    expect(embeddingLookup(tf.tensor2d(table), tf.tensor1d([1, 0]))).toBeCloseToTensor([
      [10, 11],
      [0, 1],
    ]);
  });

  test('works for a table of one row and one column', () => {
    expect(embeddingLookup(tf.tensor2d([[7]]), tf.tensor1d([0, 0], 'int32'))).toBeCloseToTensor([[7], [7]]);
  });

  test('the gradient adds up what each use of a row received', () => {
    const ids = tf.tensor2d(
      [
        [0, 2],
        [2, 2],
      ],
      [2, 2],
      'int32',
    );
    const dy = tf.tensor3d([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    const dTable = tf.grad((t) => embeddingLookup(t as tf.Tensor2D, ids))(tf.tensor2d(table), dy);
    expect(dTable).toBeCloseToTensor([
      [1, 2],
      [0, 0],
      [15, 18],
    ]);
  });

  test('gradient agrees with finite differences', () => {
    const ids = tf.tensor2d(
      [
        [0, 3, 3],
        [1, 0, 3],
      ],
      [2, 3],
      'int32',
    );
    expectGradientsToMatchFiniteDifferences((t) => embeddingLookup(t as tf.Tensor2D, ids), [[5, 4]]);
  });

  test('leaks nothing', () => {
    const weights = tf.tensor2d(table);
    const ids = tf.tensor2d([[0, 2]], [1, 2], 'int32');
    expect(() => embeddingLookup(weights, ids)).toCreateTensors(1);
    expect(() => tf.grad((t) => embeddingLookup(t as tf.Tensor2D, ids))(weights)).toCreateTensors(1);
  });
});
