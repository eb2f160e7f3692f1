import { logger } from '../../src/logger';

/** Runs a function, waits for it and returns what it logged, warnings and errors. */
export async function recordedLogs(run: () => unknown): Promise<string[]> {
  const logs: string[] = [];
  const record = (...message: unknown[]) => void logs.push(message.join(' '));
  const spies = (['warn', 'error'] as const).map((level) => jest.spyOn(logger, level).mockImplementation(record));
  try {
    await run();
    return logs;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
