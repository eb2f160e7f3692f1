import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../src/runtime/use_backend';
import { randomTensor } from '../../harness';
import { expectSameAsStock } from './expect_same_as_stock';

const SHAPE = [3, 5, 7];
const AXES: ReadonlyArray<number[] | undefined> = [
  [0],
  [1],
  [2],
  [-1],
  [0, 1],
  [1, 0],
  [1, 2],
  [0, 2],
  [0, 1, 2],
  undefined,
];

describe.each([false, true])('sum with keepDims %s', (keepDims) => {
  test.each(AXES.map((axes) => [axes] as const))('over axes %j', (axes) =>
    expectSameAsStock(() => [tf.sum(randomTensor(SHAPE), axes, keepDims)]),
  );
});

test.each(['int32', 'bool'] as const)('of type %s stays whole', (dtype) =>
  expectSameAsStock(() => [tf.sum(tf.tensor([0, 1, 1, 1], [2, 2], dtype), 0)]),
);

test('of many small numbers beside a large one loses none', async () => {
  await useBackend('wasm');
  const x = tf.concat([tf.tensor1d([2 ** 24]), tf.ones<tf.Rank.R1>([2 ** 16])]);
  // In single precision one after another the ones would be lost.
  expect(Math.abs(tf.sum(x).dataSync()[0]! - (2 ** 24 + 2 ** 16))).toBeLessThan(4096);
});
