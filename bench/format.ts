/** Milliseconds with three digits or more: `6.1`, `25.0`, `1032`. */
export function formatMs(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 100 ? 1 : 0);
}

/** A number of threads: `1 thread`, `2 threads`. */
export function formatThreads(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

/** A ratio: `0.87`, `12.9`. */
export function formatRatio(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 1);
}
