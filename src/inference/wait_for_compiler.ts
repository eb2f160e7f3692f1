/** How long the process is watched at a time. */
const WINDOW_MS = 40;
/** Windows without work, one behind the other, after which the compiler has nothing left to do. */
const CALM_WINDOWS = 3;
/** Part of a window that threads may have worked in for it to count as calm. */
const CALM = 0.1;

/**
 * Blocks until TensorFlow's compiler, which works on threads of its own, has come to rest, or a moment has passed.
 *
 * TensorFlow 2.21 corrupts memory when a session ends while a graph of it is being compiled, and tells nobody when that
 * is done. While this thread sleeps, what the process computes is the compiler's work, and that of other threads, which
 * can make the wait longer and never shorter.
 *
 * @param until the moment, by `performance.now()`.
 */
export function waitForCompiler(until: number): void {
  let calm = 0;
  while (calm < CALM_WINDOWS && performance.now() < until) calm = isCalm() ? calm + 1 : 0;
}

function isCalm(): boolean {
  const start = performance.now();
  const before = process.cpuUsage();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WINDOW_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 < CALM * (performance.now() - start);
}
