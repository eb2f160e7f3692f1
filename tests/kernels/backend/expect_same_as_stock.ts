import type * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../src/runtime/use_backend';

/**
 * Runs something on wasm by tfjs' own kernels and by ours, and compares the tensors it gives.
 *
 * @param run makes its inputs anew each time.
 * @param tolerance 1e-5 by default, see `toBeCloseToTensor`.
 */
export async function expectSameAsStock(run: () => tf.Tensor[], tolerance?: number): Promise<void> {
  await useBackend('wasm', { kernels: false });
  const expected = run();
  await useBackend('wasm');
  const actual = run();
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [index, tensor] of actual.entries()) expect(tensor).toBeCloseToTensor(expected[index]!, tolerance);
}
