import * as tf from '@tensorflow/tfjs';
import { philoxUniform } from '../../src/ops/philox';
import { makeSeedTensor } from '../../src/ops/seed_tensor';
import { tensorflowOp } from '../../src/ops/tensorflow_op';
import { onTensorflow } from '../harness';

/** The first numbers that TensorFlow 2.21 gives, times 2²³. */
const KNOWN: ReadonlyArray<[seed: number, numbers: number[]]> = [
  [0, [1770126, 5922441, 6711418, 6465874, 3259718, 7301104]],
  [7, [6266951, 5638656, 484690, 5404052, 589791, 5604889]],
  [-1, [6964942, 3004327, 1525877, 6603424, 1113682, 3672107]],
  [2147483648, [6086105, 2957742, 4508077, 5786569, 5704946, 531498]],
];

const SEEDS = [0, 1, 7, -1, 12_345, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, -(2 ** 31)];

test.each(KNOWN)('the numbers of seed %i are those of TensorFlow', (seed, numbers) => {
  expect([...philoxUniform(numbers.length, seed)].map((value) => value * 2 ** 23)).toEqual(numbers);
});

test.each([0, 1, 3, 4, 5, 1001])('%i numbers are the first of more', (size) => {
  expect([...philoxUniform(size, 5)]).toEqual([...philoxUniform(2000, 5).subarray(0, size)]);
});

test('a seed is 32 bits, with a sign or without', () => {
  expect(philoxUniform(8, 2 ** 32 - 3)).toEqual(philoxUniform(8, -3));
  expect(philoxUniform(8, 3)).not.toEqual(philoxUniform(8, -3));
});

test('the numbers are spread evenly from 0 to 1', () => {
  const bins = new Array<number>(10).fill(0);
  for (const value of philoxUniform(20_000, 11)) bins[Math.floor(value * 10)]!++;
  for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

onTensorflow('philoxUniform', () => {
  test.each(SEEDS)('gives the bits of StatelessRandomUniform for seed %i', (seed) => {
    for (const size of [1, 2, 3, 4, 5, 31, 1024]) {
      const drawn = tensorflowOp('StatelessRandomUniform', [tf.tensor1d([size], 'int32'), makeSeedTensor(seed)], {
        dtype: { dtype: 'float32' },
        T: { dtype: 'int32' },
        Tseed: { dtype: 'int32' },
      });
      expect(philoxUniform(size, seed)).toEqual(drawn.dataSync());
      drawn.dispose();
    }
  });
});
