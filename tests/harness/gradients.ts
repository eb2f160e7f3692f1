import * as tf from '@tensorflow/tfjs';
import { describeDifference } from './describe_difference';
import { randomTensor } from './random_tensor';

/** A power of two, so that `x ± step` is hardly rounded. */
const STEP = 1 / 32;

/** Fourth-order central differences: the error shrinks with the fourth power of the step. */
const STENCIL = [
  { offset: -2, weight: 1 / 12 },
  { offset: -1, weight: -8 / 12 },
  { offset: 1, weight: 8 / 12 },
  { offset: 2, weight: -1 / 12 },
] as const;

/**
 * Compares the gradients tfjs computes for each input of a function with finite differences.
 *
 * The output is contracted with fixed random numbers (every element weighs differently), in double precision.
 *
 * @param f from float tensors to one float tensor of any shape, smooth within two steps of the inputs.
 * @param inputs the point: a tensor each, or a shape to be filled with random numbers between -1 and 1.
 * @param tolerance allowed difference, relative to the input's largest gradient where that is above 1.
 *
 * @example
 * expectGradientsToMatchFiniteDifferences((x, y) => tf.mul(x, y), [[2, 3], tf.tensor1d([1, 2, 3])]);
 */
export function expectGradientsToMatchFiniteDifferences(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: ReadonlyArray<readonly number[] | tf.Tensor>,
  { tolerance = 1e-4 }: { tolerance?: number } = {},
): void {
  tf.tidy(() => {
    const point = inputs.map((input, i) => (input instanceof tf.Tensor ? input : randomTensor([...input], i + 1)));
    const dy = randomTensor(f(...point).shape, 97);
    const analytic = tf.grads(f)(point, dy);
    for (const [i, input] of point.entries()) {
      const numeric = numericGradient((x) => f(...point.slice(0, i), x, ...point.slice(i + 1)), input, dy);
      const scale = numeric.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
      const expected = tf.tensor(numeric, input.shape);
      const difference = describeDifference(analytic[i]!, expected, tolerance * scale);
      if (difference !== undefined) throw new Error(`Gradient of input ${i} is wrong. ${difference}`);
    }
  });
}

function numericGradient(f: (x: tf.Tensor) => tf.Tensor, input: tf.Tensor, dy: tf.Tensor): number[] {
  const weights = dy.dataSync();
  const values = input.dataSync();
  const contractedAt = (index: number, value: number) =>
    tf.tidy(() => {
      const moved = Float32Array.from(values);
      moved[index] = value;
      return f(tf.tensor(moved, input.shape))
        .dataSync<'float32'>()
        .reduce((sum, y, i) => sum + y * weights[i]!, 0);
    });
  return Array.from(values, (value, index) =>
    STENCIL.reduce((sum, { offset, weight }) => sum + weight * contractedAt(index, value + offset * STEP), 0),
  ).map((sum) => sum / STEP);
}
