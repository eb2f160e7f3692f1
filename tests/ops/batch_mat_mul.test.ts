import * as tf from '@tensorflow/tfjs';
import { batchMatMul } from '../../src/ops/batch_mat_mul';
import { eachBackend, expectGradientsToMatchFiniteDifferences, randomTensor } from '../harness';

interface Case {
  name: string;
  a: number[];
  b: number[];
}

const cases: Case[] = [
  { name: 'one pair', a: [2, 3], b: [3, 4] },
  { name: 'a batch', a: [3, 2, 5], b: [3, 5, 1] },
  { name: 'heads and batch', a: [2, 3, 4, 5], b: [2, 3, 5, 4] },
];

/** Row times column by the definition, on flat values. */
function products(a: tf.Tensor, b: tf.Tensor): number[] {
  const [rows, inner, columns] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const [left, right] = [a.dataSync(), b.dataSync()];
  const result: number[] = [];
  for (let pair = 0; pair < a.size / (rows * inner); pair++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          sum += left[(pair * rows + i) * inner + k]! * right[(pair * inner + k) * columns + j]!;
        }
        result.push(sum);
      }
    }
  }
  return result;
}

eachBackend('batchMatMul', () => {
  test.each(cases)('multiplies pair by pair: $name', ({ a, b }) => {
    const [left, right] = [randomTensor(a, 1), randomTensor(b, 2)];
    const expected = tf.tensor(products(left, right), [...a.slice(0, -1), b.at(-1)!]);
    expect(batchMatMul(left, right)).toBeCloseToTensor(expected);
  });

  test.each(cases)('gradients agree with finite differences: $name', ({ a, b }) => {
    expectGradientsToMatchFiniteDifferences((left, right) => batchMatMul(left!, right!), [a, b]);
  });

  test('leaks nothing', () => {
    const inputs = [tf.ones([2, 2, 3, 4]), tf.ones([2, 2, 4, 5])];
    expect(() => batchMatMul(inputs[0]!, inputs[1]!)).toCreateTensors(1);
    expect(() => tf.grads((a, b) => batchMatMul(a!, b!))(inputs)).toCreateTensors(2);
  });
});
