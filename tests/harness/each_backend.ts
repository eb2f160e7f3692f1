import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../src/runtime/use_backend';
import { availableBackends, type BackendName } from './available_backends';

/**
 * Runs the same tests on every backend.
 *
 * @param name what is tested.
 * @param tests declares the tests; told the backend's name, for the few that differ.
 */
export function eachBackend(name: string, tests: (backend: BackendName) => void): void {
  describe.each(availableBackends)(`${name} on %s`, (backend) => {
    beforeAll(async () => {
      await useBackend(backend);
      expect(tf.getBackend()).toBe(backend);
    });

    tests(backend);
  });
}
