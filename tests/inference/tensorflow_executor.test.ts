import { execFile } from 'node:child_process';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { TensorflowExecutor } from '../../src/inference/tensorflow_executor';
import { useBackend } from '../../src/runtime/use_backend';
import { onTensorflow } from '../harness';
import { causalMask, fixtureNamed, forwardOutputs, inputsOf, type Lowered, lowered } from './executor_cases';

const IDS = [
  [1, 7, 23, 11, 2, 0, 0],
  [1, 5, 9, 31, 44, 13, 2],
];
const PADDED = [
  [1, 1, 1, 1, 1, 0, 0],
  [1, 1, 1, 1, 1, 1, 1],
];
const SHAPE = [2, 7] as const;
const CASES = [{ ids: IDS }, { ids: IDS, mask: PADDED }, { ids: IDS, mask: causalMask(2, 7) }];

/** Longer than the wait before an idle step. */
const IDLE_MS = 100;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the session of every graph is run by. */
const backendMethods = () => tf.backend() as unknown as { runSavedModel: (...args: unknown[]) => tf.Tensor[] };

/** Makes every call look as if it took this long. */
function pretendCallsTake(milliseconds: number): jest.SpyInstance {
  let now = performance.now();
  return jest.spyOn(performance, 'now').mockImplementation(() => {
    now += milliseconds;
    return now;
  });
}

onTensorflow('TensorflowExecutor', () => {
  let given: Lowered;
  let executor: TensorflowExecutor;
  beforeEach(async () => {
    await useBackend('tensorflow');
    given = lowered(fixtureNamed('conv_kernel_3').config, 'model');
    executor = new TensorflowExecutor(given.program, given.weights, { weights: 'fed', compiles: true });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    executor.dispose();
    given.model.dispose();
  });

  function expectForward(): void {
    for (const inputs of CASES.map(inputsOf)) {
      expect(executor.run(inputs)[0]!).toBeCloseToTensor(forwardOutputs(given.model, inputs)[0]!);
    }
  }

  test('answers as forward before warmUp, while the compiler works and after', async () => {
    expectForward();
    const warm = executor.warmUp([SHAPE]);
    const done = warm.then(() => true);
    for (let isDone = false; !isDone; isDone = await Promise.race([done, sleep(50).then(() => false)])) expectForward();
    expectForward();
  });

  test('compiles shapes ahead, whichever order they are given in, or gives up where plain is as fast', async () => {
    expect(executor.compiledShapes).toEqual([]);
    await executor.warmUp([SHAPE, [1, 16], SHAPE]);
    for (const shape of executor.compiledShapes) {
      expect([
        [2, 7],
        [1, 16],
      ]).toContainEqual(shape);
    }
    expectForward();
    executor.dispose();
    expect(executor.compiledShapes).toEqual([]);
    expectForward();
  });

  test('compiles on its own what recurs: the compiler starts when nothing else is to do', async () => {
    const clock = pretendCallsTake(600);
    const runs = jest.spyOn(backendMethods(), 'runSavedModel');
    executor.run(inputsOf(CASES[0]!));
    expect(runs).toHaveBeenCalledTimes(1);
    await sleep(IDLE_MS);
    expect(runs).toHaveBeenCalledTimes(2);
    clock.mockRestore();
    expectForward();
  });

  test('does nothing on its own for masks of pairs', async () => {
    pretendCallsTake(600);
    const runs = jest.spyOn(backendMethods(), 'runSavedModel');
    executor.run(inputsOf(CASES[2]!));
    await sleep(IDLE_MS);
    expect(runs).toHaveBeenCalledTimes(1);
  });

  test.each<[string, () => unknown]>([
    ['it is disposed', () => executor.dispose()],
    ['another backend is in use', () => useBackend('cpu')],
    [
      'its weights are gone',
      () => {
        given.model.dispose();
        given = lowered(fixtureNamed('conv_kernel_3').config, 'model');
      },
    ],
  ])('an idle moment in which %s passes by in silence', async (_what, happens) => {
    pretendCallsTake(600);
    const inputs = inputsOf(CASES[0]!);
    const runs = jest.spyOn(backendMethods(), 'runSavedModel');
    executor.run(inputs);
    await sleep(IDLE_MS);
    expect(runs).toHaveBeenCalledTimes(2);
    // The compiler is at work; the policy's second for it passes with these calls.
    for (let call = 0; call < 3; call++) executor.run(inputs);
    await happens();
    const calls = runs.mock.calls.length;
    const { numTensors } = tf.memory();
    await sleep(IDLE_MS);
    expect(runs).toHaveBeenCalledTimes(calls);
    expect(tf.memory().numTensors).toBe(numTensors);
    await useBackend('tensorflow');
  });

  test('an idle moment goes on from there where nothing of the kind happens', async () => {
    pretendCallsTake(600);
    const runs = jest.spyOn(backendMethods(), 'runSavedModel');
    executor.run(inputsOf(CASES[0]!));
    await sleep(IDLE_MS);
    for (let call = 0; call < 3; call++) executor.run(inputsOf(CASES[0]!));
    const calls = runs.mock.calls.length;
    await sleep(IDLE_MS);
    expect(runs.mock.calls.length).toBeGreaterThan(calls);
  });

  test.each<[string, () => unknown]>([
    ['disposed', () => executor.dispose()],
    ['left for another backend', () => useBackend('cpu')],
  ])('%s while it warms up, it ends warming up', async (_what, happens) => {
    const warm = executor.warmUp([SHAPE, [1, 16]]);
    await sleep(IDLE_MS);
    const { numTensors } = tf.memory();
    await happens();
    await warm;
    expect(tf.memory().numTensors).toBeLessThanOrEqual(numTensors);
    await useBackend('tensorflow');
    expectForward();
  });

  test('neither warming up nor an idle moment leaves a tensor behind', async () => {
    const { numTensors } = tf.memory();
    await executor.warmUp([[1, 2]]);
    executor.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);

    const inputs = inputsOf(CASES[0]!);
    const given = tf.memory().numTensors;
    pretendCallsTake(600);
    tf.dispose(executor.run(inputs));
    const runs = jest.spyOn(backendMethods(), 'runSavedModel');
    await sleep(IDLE_MS);
    expect(runs).toHaveBeenCalled();
    executor.dispose();
    expect(tf.memory().numTensors).toBe(given);
  });

  test('several of them listen to the end of the process once, and none when they are disposed', async () => {
    const before = process.listenerCount('exit');
    const executors = Array.from(
      { length: 3 },
      () => new TensorflowExecutor(given.program, given.weights, { weights: 'fed', compiles: true }),
    );
    const warm = executors.map((one) => one.warmUp([[1, 2]]));
    await sleep(IDLE_MS);
    expect(process.listenerCount('exit')).toBe(before + 1);
    for (const one of executors) one.dispose();
    expect(process.listenerCount('exit')).toBe(before);
    await Promise.all(warm);
  });
});

// Ending a session corrupts memory while a graph of it is compiled; the crash comes in about one of ten.
onTensorflow('TensorflowExecutor disposed while a graph is compiled', () => {
  test.each([0, 100, 200])('%i ms after the compiler was started, 3 times', async (wait) => {
    for (let round = 0; round < 3; round++) {
      const { program, weights, model } = lowered(fixtureNamed('conv_kernel_3').config, 'model');
      const executor = new TensorflowExecutor(program, weights, { weights: 'fed', compiles: true });
      const inputs = inputsOf(CASES[0]!);
      const warm = executor.warmUp([SHAPE]);
      await sleep(wait);
      expect(executor.run(inputs)[0]!).toBeCloseToTensor(forwardOutputs(model, inputs)[0]!);
      executor.dispose();
      await warm;
      model.dispose();
    }
  });
});

onTensorflow('TensorflowExecutor without a compiler', () => {
  test('is warm at once, and compiles nothing', async () => {
    const { program, weights, model } = lowered(fixtureNamed('conv_kernel_3').config, 'model');
    const executor = new TensorflowExecutor(program, weights, { weights: 'variables', compiles: false });
    pretendCallsTake(3000);
    await executor.warmUp([SHAPE]);
    for (const inputs of CASES.map(inputsOf)) {
      expect(executor.run(inputs)[0]!).toBeCloseToTensor(forwardOutputs(model, inputs)[0]!);
    }
    expect(executor.compiledShapes).toEqual([]);
    executor.dispose();
    jest.restoreAllMocks();
  });
});

onTensorflow('a process', () => {
  const root = join(__dirname, '..', '..');
  const loader = join(root, 'node_modules', 'ts-node', 'dist', 'bin.js');
  const script = join(__dirname, 'exit_while_compiling.ts');

  test.each([
    ['exit', 0],
    ['throw', 3],
  ])('that ends by %s while a graph is compiled ends with its own exit code, %i', async (way, expected) => {
    const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const argv = [loader, '--swc', script, way];
      const child = execFile(process.execPath, argv, { cwd: root }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
    expect({ code, stdout, stderr }).toEqual({ code: expected, stdout: '0 compiled\n', stderr: '' });
  });
});
