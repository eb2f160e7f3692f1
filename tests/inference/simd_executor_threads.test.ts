import * as tf from '@tensorflow/tfjs';
import { OpsExecutor } from '../../src/inference/ops_executor';
import { SimdExecutor, type SimdExecutorOptions } from '../../src/inference/simd_executor';
import { KernelRunner } from '../../src/kernels/kernel_runner';
import { kernelRunners } from '../../src/kernels/kernel_runners';
import { kernelThreads } from '../../src/kernels/kernel_threads';
import { useBackend } from '../../src/runtime/use_backend';
import { describeExecutor } from './describe_executor';
import {
  causalMask,
  type ExecutorCase,
  fixtureNamed,
  forwardOutputs,
  inputsOf,
  type Lowered,
  type ModelName,
} from './executor_cases';
import { integer, maskOf, modelOf, randomIds, valuesOf } from './simd_cases';

const executors: SimdExecutor[] = [];

function executorOf({ program, weights }: Lowered, options: SimdExecutorOptions): SimdExecutor {
  const executor = new SimdExecutor(program, weights, options);
  executors.push(executor);
  return executor;
}

function expectForward({ model }: Lowered, executor: SimdExecutor, inputs: ExecutorCase): void {
  tf.tidy(() => {
    const tensors = inputsOf(inputs);
    const outputs = executor.run(tensors);
    for (const [index, expected] of forwardOutputs(model, tensors).entries()) {
      expect(outputs[index]!).toBeCloseToTensor(expected);
    }
  });
}

beforeAll(() => useBackend('wasm'));
afterEach(() => {
  for (const executor of executors.splice(0)) executor.dispose();
});
afterAll(() => kernelThreads.close());

describe('SimdExecutor on 2 threads', () => {
  describeExecutor(
    ({ program, weights }) => new SimdExecutor(program, weights, { threads: 2 }),
    ['conv_groups', 'own_projections', 'embedding_size'].map(fixtureNamed),
  );
});

describe.each([1, 3])('SimdExecutor on %i threads', (threads) => {
  describe.each(['conv_kernel_3', 'no_buckets', 'p2c_only_own', 'c2p_only'])(
    '%s gives what forward gives',
    (fixture) => {
      test.each([
        ['texts of 70 tokens', { ids: randomIds(2, 70) }],
        ['texts of 130 tokens and of fewer', { ids: randomIds(3, 130), mask: maskOf([130, 67, 1], 130) }],
        ['a text whose queries are cut on one thread too', { ids: randomIds(1, 300) }],
        ['texts of 70 tokens that see those before', { ids: randomIds(2, 70), mask: causalMask(2, 70) }],
      ])('for %s, with distances beyond every bucket', (_name, inputs) => {
        const model = modelOf(fixture, 'model');
        expectForward(model, executorOf(model, { threads }), inputs);
      });
    },
  );

  test('a text in a batch of other lengths gives the same numbers as by itself, bit by bit', () => {
    const lengths = [33, 1, 70, 8, 37];
    const model = modelOf('conv_kernel_3', 'model');
    const executor = executorOf(model, { threads });
    const ids = randomIds(lengths.length, 70);
    const { hidden } = model.program.sizes;
    const [together] = valuesOf(executor.run(inputsOf({ ids, mask: maskOf(lengths, 70) })));
    for (const [text, length] of lengths.entries()) {
      const [alone] = valuesOf(executor.run(inputsOf({ ids: [ids[text]!.slice(0, length)] })));
      const start = text * 70 * hidden;
      expect(together!.slice(start, start + length * hidden)).toEqual(alone);
    }
  });

  test.each<[string, ExecutorCase]>([
    [
      'holes',
      { ids: randomIds(3, 9), mask: [[1, 0, 1, 1, 0, 0, 1, 0, 0], [0, 1, 0, 1, 1, 1, 1, 1, 1], maskOf([4], 9)[0]!] },
    ],
    [
      'tokens that are real by half',
      {
        ids: randomIds(2, 5),
        mask: [
          [1, 0.5, 1, 0.5, 0],
          [0.5, 0.5, 0.5, 0, 0],
        ],
        maskType: 'float32',
      },
    ],
    [
      'pairs that are seen by half',
      {
        ids: randomIds(1, 3),
        mask: [
          [
            [
              [1, 0.5, 0],
              [0.5, 0.5, 0],
              [1, 1, 1],
            ],
          ],
        ],
        maskType: 'float32',
      },
    ],
  ])('masks with %s count as in forward', (_name, inputs) => {
    for (const fixture of ['conv_kernel_3', 'own_projections_biased_token_types']) {
      const model = modelOf(fixture, 'model');
      expectForward(model, executorOf(model, { threads }), inputs);
    }
  });

  test('each head may have a mask of its own', () => {
    const model = modelOf('conv_kernel_3', 'model');
    const length = 37;
    // The first head looks back, the second ahead.
    const back = causalMask(2, length).map(([pairs]) => pairs!);
    const mask = back.map((pairs) => [pairs, pairs.map((row) => row.map((seen) => 1 - seen))]);
    const operations = new OpsExecutor(model.program, model.weights);
    tf.tidy(() => {
      const inputs = inputsOf({ ids: randomIds(2, length), mask });
      const [output] = executorOf(model, { threads }).run(inputs);
      // Models take no such mask yet, and executors do.
      expect(output!).toBeCloseToTensor(operations.run(inputs)[0]!);
    });
    operations.dispose();
  });

  test.each<ModelName>(['model', 'sequence_classification', 'question_answering'])(
    'a batch of %s that is computed in parts gives what forward gives',
    (name) => {
      const model = modelOf('conv_kernel_3', name);
      const ids = randomIds(132, 64);
      const mask = maskOf(
        ids.map(() => integer(65)),
        64,
      );
      expectForward(model, executorOf(model, { threads }), { ids, mask });
    },
  );
});

test('models that are made and disposed again and again take the memory of one', () => {
  const model = modelOf('conv_kernel_3', 'sequence_classification');
  const { build } = executorOf(model, { threads: 2 }).info;
  // Of the memories that other tests have given back the one that is taken is the largest.
  const memoryOf = () => {
    const runner = kernelRunners.take(build);
    kernelRunners.giveBack(runner);
    return runner.memory;
  };
  const memory = memoryOf();
  for (let round = 0; round < 20; round++) {
    const executor = new SimdExecutor(model.program, model.weights, { threads: 2 });
    // What another model has left does not show.
    memory.floats(KernelRunner.start, 10_000).fill(Number.NaN);
    expectForward(model, executor, { ids: randomIds(1, 9) });
    expect(executor.heldBytes).toBeLessThan(1e6);
    executor.dispose();
    expect(memoryOf()).toBe(memory);
  }
});

test('a text that is too long for the kernels is refused with the numbers, and a shorter one runs', () => {
  const model = modelOf('conv_kernel_3', 'sequence_classification');
  const executor = executorOf(model, { threads: 1 });
  const inputIds = tf.tensor2d(new Int32Array(9_000_000), [1, 9_000_000]);
  expect(() => executor.run({ inputIds })).toThrowDebertaError('backend', /^The SIMD kernels need 4\.\d GB of memory/);
  inputIds.dispose();
  expectForward(model, executor, { ids: randomIds(1, 9) });
});

test('1000 runs of random shapes take no more memory than one of the largest, and no tensor', async () => {
  const [mostTexts, mostTokens] = [5, 40];
  const model = modelOf('conv_kernel_3', 'token_classification');
  const executor = executorOf(model, { threads: 2 });
  const masks = [
    () => undefined,
    (batch: number, length: number) =>
      maskOf(
        Array.from({ length: batch }, () => integer(length + 1)),
        length,
      ),
    // With holes, one text with padding in front at least.
    (batch: number, length: number) =>
      randomIds(batch, length).map((row) => row.map((id, at) => Number(at > 0 && id % 3 > 0))),
    causalMask,
  ];
  const run = async (batch: number, length: number, kind: number, isAsync: boolean) => {
    const mask = masks[kind]!(batch, length);
    const inputs = inputsOf({ ids: randomIds(batch, length), ...(mask === undefined ? {} : { mask }) });
    tf.dispose([isAsync ? await executor.runAsync(inputs) : executor.run(inputs), { ...inputs }]);
  };
  for (const kind of masks.keys()) await run(mostTexts, mostTokens, kind, false);
  const [held, { numTensors, numBytes }] = [executor.heldBytes, tf.memory()];
  const grown: number[] = [];
  for (let round = 0; round < 1000; round++) {
    await run(1 + integer(mostTexts), 1 + integer(mostTokens), integer(masks.length), round % 10 === 0);
    if (executor.heldBytes > held) grown.push(round);
  }
  expect(grown).toEqual([]);
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
});
