import * as tf from '@tensorflow/tfjs';
import { Predictor } from '../../src/inference/predictor';
import { useBackend } from '../../src/runtime/use_backend';
import { availableBackends, onTensorflow } from '../harness';
import { recordedLogs } from '../harness/recorded_logs';
import { fixtureNamed, forwardOutputs, inputsOf, type Lowered, lowered } from './executor_cases';

const INPUTS = {
  ids: [
    [1, 7, 23, 11, 2, 0, 0],
    [1, 5, 9, 31, 44, 13, 2],
  ],
  mask: [
    [1, 1, 1, 1, 1, 0, 0],
    [1, 1, 1, 1, 1, 1, 1],
  ],
};
const FALLBACK = /^predict goes on by single operations, .* \(out of order\)/;

let given: Lowered;
let predictor: Predictor;

function setUp(): void {
  given = lowered(fixtureNamed('conv_kernel_3').config, 'question_answering');
  predictor = new Predictor(given.program, given.weights);
}

function tearDown(): void {
  jest.restoreAllMocks();
  predictor.dispose();
  given.model.dispose();
}

function expectForward(): void {
  tf.tidy(() => {
    const inputs = inputsOf(INPUTS);
    const outputs = predictor.run(inputs);
    const expected = forwardOutputs(given.model, inputs);
    expect(outputs).toHaveLength(2);
    for (const [index, output] of outputs.entries()) expect(output).toBeCloseToTensor(expected[index]!);
  });
}

onTensorflow('Predictor', () => {
  beforeEach(async () => {
    await useBackend('tensorflow');
    setUp();
  });
  afterEach(tearDown);

  /** Makes TensorFlow refuse to load graphs, or to run them. */
  function breakBackend(method: 'loadSavedModelMetaGraph' | 'runSavedModel'): jest.SpyInstance {
    const backend = tf.backend() as unknown as Record<typeof method, () => never>;
    return jest.spyOn(backend, method).mockImplementation(() => {
      throw new Error('out of order');
    });
  }

  test.each(['loadSavedModelMetaGraph', 'runSavedModel'] as const)(
    'goes on by single operations where %s fails, warns once and stays with them',
    async (method) => {
      const broken = breakBackend(method);
      const logs = await recordedLogs(() => {
        for (let call = 0; call < 3; call++) expectForward();
      });
      expect(logs).toEqual([expect.stringMatching(FALLBACK)]);
      expect(predictor.info.executor).toBe('ops');
      broken.mockRestore();
      const runs = jest.spyOn(tf.backend() as unknown as Record<typeof method, () => never>, method);
      expectForward();
      expect(runs).not.toHaveBeenCalled();
    },
  );

  test('goes on by single operations where a graph that ran before fails', async () => {
    expectForward();
    breakBackend('runSavedModel');
    expect(await recordedLogs(expectForward)).toEqual([expect.stringMatching(FALLBACK)]);
  });

  test('warms up by single operations, which is nothing, where a graph fails', async () => {
    breakBackend('runSavedModel');
    const logs = await recordedLogs(() => predictor.warmUp([[1, 4]]));
    expect(logs).toEqual([expect.stringMatching(FALLBACK)]);
    expectForward();
  });

  test('gives everything back after it fell back', async () => {
    // What the model's own layers keep for its length.
    tf.tidy(() => void forwardOutputs(given.model, inputsOf(INPUTS)));
    const before = tf.memory().numTensors;
    breakBackend('runSavedModel');
    await recordedLogs(expectForward);
    predictor.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('Predictor on one backend after the other', () => {
  const EXECUTORS = { cpu: 'ops', wasm: 'simd', tensorflow: 'graph' } as const;

  test('answers as forward on each, whichever came before, with weights assigned on another', async () => {
    await useBackend('cpu');
    setUp();
    for (const backend of [...availableBackends, ...[...availableBackends].reverse(), ...availableBackends]) {
      await useBackend(backend);
      expectForward();
      expect([backend, predictor.info.executor]).toEqual([backend, EXECUTORS[backend]]);
      const [weight] = given.model.weights;
      tf.tidy(() => weight!.write(tf.mul(weight!.read(), 1.1)) as never);
    }
    tearDown();
  });

  test('gives back what it holds on all of them, from any', async () => {
    await useBackend('cpu');
    setUp();
    // What the model's own layers keep for its length.
    tf.tidy(() => void forwardOutputs(given.model, inputsOf(INPUTS)));
    const before = tf.memory();
    for (const backend of availableBackends) {
      await useBackend(backend);
      expectForward();
      expect(predictor.info.heldBytes).toBeGreaterThan(0);
    }
    await useBackend('cpu');
    predictor.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    tearDown();
  });
});
