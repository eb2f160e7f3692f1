import * as tf from '@tensorflow/tfjs';
import type { InferenceInputs } from '../../src/inference/inference_inputs';
import { SimdExecutor } from '../../src/inference/simd_executor';
import { KernelPlan } from '../../src/kernels/kernel_plan';
import { kernelThreads } from '../../src/kernels/kernel_threads';
import { useBackend } from '../../src/runtime/use_backend';
import { causalMask, type ExecutorCase, inputsOf } from './executor_cases';
import { maskOf, modelOf, randomIds, valuesOf } from './simd_cases';

beforeAll(() => useBackend('wasm'));
afterAll(() => kernelThreads.close());

describe.each([1, 3])('runAsync on %i threads', (threads) => {
  const cases: ExecutorCase[] = [
    { ids: randomIds(2, 20) },
    { ids: randomIds(3, 9), mask: maskOf([9, 2, 5], 9) },
    { ids: randomIds(1, 3), mask: causalMask(1, 3) },
    // In three parts.
    { ids: randomIds(132, 64), mask: maskOf(Array(132).fill(60), 64) },
  ];
  let executor: SimdExecutor;
  let inputs: InferenceInputs[];
  let expected: Float32Array[][];

  beforeEach(() => {
    const { program, weights } = modelOf('conv_kernel_3', 'question_answering');
    inputs = cases.map(inputsOf);
    executor = new SimdExecutor(program, weights, { threads });
    expected = inputs.map((given) => valuesOf(executor.run(given)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    executor.dispose();
    tf.dispose(inputs.map((given) => ({ ...given })));
  });

  test('gives the numbers of run, bit by bit, one after the other', async () => {
    for (let round = 0; round < 3; round++) {
      for (const [index, given] of inputs.entries()) {
        expect(valuesOf(await executor.runAsync(given))).toEqual(expected[index]);
      }
    }
  });

  test('several at once', async () => {
    const order = [0, 1, 2, 0, 3, 3, 1];
    const results = await Promise.all(order.map((index) => executor.runAsync(inputs[index]!)));
    expect(results.map(valuesOf)).toEqual(order.map((index) => expected[index]));
  });

  test('with runs between', async () => {
    for (const index of [0, 1, 3]) {
      const waiting = executor.runAsync(inputs[index]!);
      expect(valuesOf(executor.run(inputs[2]!))).toEqual(expected[2]);
      expect(valuesOf(executor.run(inputs[1]!))).toEqual(expected[1]);
      expect(valuesOf(await waiting)).toEqual(expected[index]);
    }
  });

  test('the executor disposed while it is under way', async () => {
    const waiting = executor.runAsync(inputs[0]!);
    executor.dispose();
    expect(valuesOf(await waiting)).toEqual(expected[0]);
    expect(executor.heldBytes).toBe(0);
  });

  test('a failure of a kernel is an error, of run too, and what comes after is right', async () => {
    const breakNext = () => {
      const { write } = KernelPlan.prototype;
      jest.spyOn(KernelPlan.prototype, 'write').mockImplementationOnce(function (this: KernelPlan, words, floats) {
        write.call(this, words, floats);
        // No kind of phase.
        words[0] = 99;
      });
    };
    for (let round = 0; round < 3; round++) {
      breakNext();
      await expect(() => executor.runAsync(inputs[0]!)).toThrowDebertaError('backend', /^A SIMD kernel failed; /);
      breakNext();
      expect(() => executor.run(inputs[0]!)).toThrowDebertaError('backend', /^A SIMD kernel failed; /);
      breakNext();
      const failing = executor.runAsync(inputs[0]!).catch((error: Error) => error.name);
      expect(valuesOf(executor.run(inputs[1]!))).toEqual(expected[1]);
      expect(await failing).toBe('BackendError');
      expect(valuesOf(await executor.runAsync(inputs[0]!))).toEqual(expected[0]);
    }
  });

  test('leaves its outputs and nothing else', async () => {
    const before = tf.memory().numTensors;
    const outputs = await executor.runAsync(inputs[3]!);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(outputs);
  });
});
