import * as tf from '@tensorflow/tfjs';
import { conv1d } from '../../src/ops/conv1d';
import { eachBackend, expectGradientsToMatchFiniteDifferences, randomTensor } from '../harness';

interface Case {
  batch: number;
  length: number;
  channels: number;
  filters: number;
  kernelSize: number;
  groups: number;
}

const cases: Case[] = [
  { batch: 2, length: 5, channels: 4, filters: 4, kernelSize: 1, groups: 1 },
  { batch: 2, length: 5, channels: 4, filters: 4, kernelSize: 3, groups: 1 },
  { batch: 2, length: 5, channels: 4, filters: 4, kernelSize: 5, groups: 1 },
  { batch: 2, length: 5, channels: 4, filters: 4, kernelSize: 3, groups: 2 },
  { batch: 2, length: 5, channels: 4, filters: 4, kernelSize: 3, groups: 4 },
  { batch: 1, length: 5, channels: 4, filters: 6, kernelSize: 5, groups: 2 },
  { batch: 1, length: 5, channels: 3, filters: 2, kernelSize: 3, groups: 1 },
  { batch: 2, length: 1, channels: 2, filters: 2, kernelSize: 3, groups: 1 },
  { batch: 1, length: 2, channels: 2, filters: 2, kernelSize: 5, groups: 2 },
];

/** The definition: `out[s, n] = bias[n] + Σ x[s + i − margin, c] · kernel[i, c, n]` over the channels of n's group. */
function reference(x: number[][], kernel: number[][][], bias: number[], groups: number): number[][] {
  const margin = (kernel.length - 1) / 2;
  return x.map((_, s) =>
    bias.map((shift, n) => {
      const channelsOfGroup = kernel[0]!.length;
      const firstChannel = Math.floor((n * groups) / bias.length) * channelsOfGroup;
      const terms = kernel.flatMap((tap, i) =>
        tap.map((weights, c) => (x[s + i - margin]?.[firstChannel + c] ?? 0) * weights[n]!),
      );
      return terms.reduce((sum, term) => sum + term, shift);
    }),
  );
}

const title = 'kernel $kernelSize, groups $groups, length $length, channels $channels to $filters';

eachBackend('conv1d', () => {
  test.each(cases)(
    `is the sum over the window: ${title}`,
    ({ batch, length, channels, filters, kernelSize, groups }) => {
      const x = randomTensor<tf.Rank.R3>([batch, length, channels], 1);
      const kernel = randomTensor<tf.Rank.R3>([kernelSize, channels / groups, filters], 2);
      const bias = randomTensor<tf.Rank.R1>([filters], 3);
      const expected = x.arraySync().map((row) => reference(row, kernel.arraySync(), bias.arraySync(), groups));
      expect(conv1d(x, kernel, bias, groups)).toBeCloseToTensor(expected);
    },
  );

  test.each([
    ['the position before', [1, 0, 0], [0, 1, 2, 3]],
    ['the position itself', [0, 1, 0], [1, 2, 3, 4]],
    ['the position after', [0, 0, 1], [2, 3, 4, 0]],
  ])('does not flip the kernel: one tap reads %s', (_name, taps, expected) => {
    const actual = conv1d(tf.tensor3d([1, 2, 3, 4], [1, 4, 1]), tf.tensor3d(taps, [3, 1, 1]), tf.zeros([1]));
    expect(tf.reshape(actual, [4])).toBeCloseToTensor(expected);
  });

  test('one group is what tf.conv1d computes', () => {
    const x = randomTensor<tf.Rank.R3>([2, 6, 3], 1);
    const kernel = randomTensor<tf.Rank.R3>([3, 3, 5], 2);
    expect(conv1d(x, kernel, tf.zeros([5]))).toBeCloseToTensor(tf.conv1d(x, kernel, 1, 'same'));
  });

  test.each(cases)(
    `gradients agree with finite differences: ${title}`,
    ({ length, channels, filters, kernelSize, groups }) => {
      expectGradientsToMatchFiniteDifferences(
        (x, kernel, bias) => conv1d(x as tf.Tensor3D, kernel as tf.Tensor3D, bias as tf.Tensor1D, groups),
        [[2, length, channels], [kernelSize, channels / groups, filters], [filters]],
      );
    },
  );

  test.each([1, 2])('leaks nothing with %i groups', (groups) => {
    const inputs = [tf.ones([2, 4, 2]), tf.ones([3, 2 / groups, 2]), tf.ones([2])];
    const run = (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
      conv1d(x as tf.Tensor3D, kernel as tf.Tensor3D, bias as tf.Tensor1D, groups);
    expect(() => run(inputs[0]!, inputs[1]!, inputs[2]!)).toCreateTensors(1);
    expect(() => tf.grads(run)(inputs)).toCreateTensors(3);
  });
});
