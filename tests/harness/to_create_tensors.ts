import * as tf from '@tensorflow/tfjs';

declare global {
  namespace jest {
    interface Matchers<R, T> {
      /**
       * The function leaves exactly `count` tensors behind, which are to be those it returns.
       *
       * It runs once before it is counted, so that what it keeps for later calls (tables by length, compiled
       * programs) is not held against it; what it returns is disposed.
       */
      toCreateTensors(count: number): R;
    }
  }
}

/** See the declaration in `jest.Matchers`. */
export function toCreateTensors(
  this: jest.MatcherContext,
  run: () => tf.TensorContainer,
  count: number,
): jest.CustomMatcherResult {
  tf.dispose(run());
  const before = tf.memory();
  const result = run();
  const created = tf.memory().numTensors - before.numTensors;
  tf.dispose(result);
  const left = tf.memory().numTensors - before.numTensors;
  const buffersLeft = tf.memory().numDataBuffers - before.numDataBuffers;
  return {
    pass: created === count && left === 0 && buffersLeft === 0,
    message: () =>
      `Expected ${count} new tensors, all of them returned; received ${created}, of which ${left} tensors and ` +
      `${buffersLeft} buffers are left when the returned ones are disposed.`,
  };
}
