import { run } from './run';

/**
 * Runs a command on the process's own streams and sets its exit code.
 *
 * The first interrupt (Ctrl-C) lets the command clean up, the second ends it at once.
 */
export async function runInProcess(argv: readonly string[]): Promise<void> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  // Failed writes are told to whoever writes; without a listener Node would crash as well.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const { stdin, stdout, stderr } = process;
  process.exitCode = await run(argv, { stdin, stdout, stderr, signal: interruption.signal });
}
