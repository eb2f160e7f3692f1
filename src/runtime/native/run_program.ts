import { nodeBuiltin } from '../../files/node_builtins';

/** How a program ended. */
export interface ProgramResult {
  /** Exit code; null when it was ended by a signal or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started: `ENOENT` when there is no such program. */
  readonly missing?: string;
}

/** What {@link runProgram} runs a program with. */
export interface ProgramOptions {
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the program, and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end and collects what it prints.
 *
 * Never rejects because of the program: its exit code, or why there is none, is in the result.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { environment = {}, signal }: ProgramOptions = {},
): Promise<ProgramResult> {
  signal?.throwIfAborted();
  const { spawn } = nodeBuiltin('node:child_process');
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  let failure: NodeJS.ErrnoException | undefined;
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      failure = error;
      // A program that was never there closes nothing.
      if (child.pid === undefined) resolve(null);
    });
    child.on('close', resolve);
  });
  signal?.throwIfAborted();
  return { code, ...printed, ...(failure !== undefined && { missing: failure.code ?? failure.message }) };
}
