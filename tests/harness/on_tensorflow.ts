import { useBackend } from '../../src/runtime/use_backend';
import { availableBackends } from './available_backends';

/**
 * Runs tests on the backend `tensorflow` alone.
 *
 * Where it is not linked one test stands for them, which says so.
 *
 * @param name what is tested.
 * @param tests declares the tests.
 */
export function onTensorflow(name: string, tests: () => void): void {
  if (!availableBackends.includes('tensorflow')) {
    test(`${name}: TensorFlow is not linked here`, () => expect(availableBackends).not.toContain('tensorflow'));
    return;
  }
  describe(`${name} on tensorflow`, () => {
    beforeAll(() => useBackend('tensorflow'));
    tests();
  });
}
