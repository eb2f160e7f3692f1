import * as tf from '@tensorflow/tfjs';
import { guardWasmMemory } from '../../src/runtime/guard_wasm_memory';
import { useBackend } from '../../src/runtime/use_backend';
import { fillWasmMemory } from '../harness';

beforeAll(() => useBackend('wasm'));

test('when the memory is full the wasm backend says so, and goes on once there is room again', () => {
  const x = tf.range(0, 2 ** 21);
  const release = fillWasmMemory();
  const { numTensors } = tf.memory();
  expect(() => tf.tidy(() => tf.square(x))).toThrowDebertaError(
    'backend',
    /^The backend wasm is out of memory: 8\.4 MB/,
  );
  expect(tf.memory().numTensors).toBe(numTensors);
  release();
  expect(tf.tidy(() => tf.max(tf.sqrt(tf.square(x))))).toBeCloseToTensor(2 ** 21 - 1, 1);
  expect(x.dataSync().every((value, index) => value === index)).toBe(true);
});

test('guarding it twice changes nothing', () => {
  const { wasm } = tf.backend() as unknown as { wasm: { _malloc: unknown } };
  const allocate = wasm._malloc;
  guardWasmMemory();
  expect(wasm._malloc).toBe(allocate);
});
