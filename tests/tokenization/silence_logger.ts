import { logger } from '../../src/logger';

/** Keeps warnings that a test file provokes on purpose off the console. */
export function silenceLogger(): void {
  beforeAll(() => logger.setLevel('silent', false));
  afterAll(() => logger.resetLevel());
}
