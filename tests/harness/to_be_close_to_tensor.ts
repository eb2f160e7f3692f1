import type * as tf from '@tensorflow/tfjs';
import { describeDifference, type NestedNumbers } from './describe_difference';

declare global {
  namespace jest {
    interface Matchers<R, T> {
      /**
       * The received tensor (or nested numbers) has the expected shape, and no value is farther off than `tolerance`
       * (1e-5 by default). NaN equals NaN and infinity equals itself.
       */
      toBeCloseToTensor(expected: tf.Tensor | NestedNumbers, tolerance?: number): R;
    }
  }
}

/** See the declaration in `jest.Matchers`. */
export function toBeCloseToTensor(
  this: jest.MatcherContext,
  received: tf.Tensor | NestedNumbers,
  expected: tf.Tensor | NestedNumbers,
  tolerance = 1e-5,
): jest.CustomMatcherResult {
  const difference = describeDifference(received, expected, tolerance);
  return {
    pass: difference === undefined,
    message: () => difference ?? `Expected values that differ by more than ${tolerance}, received the same values.`,
  };
}
