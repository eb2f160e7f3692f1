/** Exit codes: 0 done, 1 failed, 2 used wrongly, 130 interrupted (as shells count it). */
export type ExitCode = 0 | 1 | 2 | 130;

/**
 * Ends a command with an exit code of its own.
 *
 * With a cause, that is reported as ever, and the code takes the place of the 1 of a failure; without one the command
 * has said everything.
 */
export class EndWith extends Error {
  constructor(
    readonly exitCode: ExitCode,
    cause?: unknown,
  ) {
    super('The command ends with an exit code of its own.', { cause });
  }
}
