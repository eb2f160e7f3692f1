import { isNode } from '../files/node_builtins';

/** What browsers with the engine of Chromium tell of their memory. */
interface ChromiumPerformance {
  readonly memory?: { readonly usedJSHeapSize: number };
}

/**
 * Memory in use, in megabytes (10^6 bytes): in Node all that the process holds, weights on a GPU not counted; in
 * browsers built on Chromium the heap of JavaScript.
 *
 * @returns `undefined` where it cannot be told.
 *
 * @example
 * memoryUsage(); // 812.4
 */
export function memoryUsage(): number | undefined {
  const bytes = isNode() ? process.memoryUsage.rss() : (performance as ChromiumPerformance).memory?.usedJSHeapSize;
  return bytes === undefined ? undefined : bytes / 1e6;
}
