import type { Writable } from 'node:stream';
import { logger } from '../logger';

/**
 * Sends what the package logs to a stream, a line each.
 *
 * @returns puts everything back as it was.
 */
export function routeLogs(stream: Writable, level: 'warn' | 'debug'): () => void {
  const { methodFactory } = logger;
  const before = logger.getLevel();
  logger.methodFactory =
    (method) =>
    (...parts: unknown[]) => {
      stream.write(`${method === 'warn' ? 'warning' : method}: ${parts.join(' ')}\n`);
    };
  logger.setLevel(level, false);
  return () => {
    logger.methodFactory = methodFactory;
    logger.setLevel(before, false);
  };
}
