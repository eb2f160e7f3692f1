import { memoryUsage } from '../../src/training/memory_usage';

/** Runs something where there is no Node. */
function inBrowser<T>(memory: unknown, act: () => T): T {
  const { getBuiltinModule } = process;
  Object.assign(process, { getBuiltinModule: undefined });
  Object.assign(performance, { memory });
  try {
    return act();
  } finally {
    Object.assign(process, { getBuiltinModule });
    Reflect.deleteProperty(performance, 'memory');
  }
}

describe('memoryUsage', () => {
  test('is what the process holds, in megabytes', () => {
    const before = process.memoryUsage.rss() / 1e6;
    expect(memoryUsage()! / before).toBeCloseTo(1, 0);
  });

  test('is the heap of JavaScript where a browser tells it', () => {
    expect(inBrowser({ usedJSHeapSize: 12_500_000 }, memoryUsage)).toBe(12.5);
  });

  test('is unknown in other browsers', () => {
    expect(inBrowser(undefined, memoryUsage)).toBeUndefined();
  });
});
