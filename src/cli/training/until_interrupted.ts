import type { TrainResult } from '../../training/run_training';
import type { CliIo } from '../cli_io';
import { EndWith } from '../exit_code';
import { writeText } from '../write_text';
import { hasCheckpoint } from './run_folder';

/**
 * Makes a run that the user may stop; it must have the signal of the command.
 *
 * @param output folder of its checkpoints.
 * @throws {EndWith} with the exit code of an interruption, when the user stops it; what was done is saved.
 */
export async function untilInterrupted(
  output: string,
  io: CliIo,
  run: () => Promise<TrainResult>,
): Promise<TrainResult> {
  try {
    const result = await run();
    if (result.stoppedBy === 'signal') io.signal.throwIfAborted();
    return result;
  } catch (error) {
    if (error !== io.signal.reason || !io.signal.aborted) throw error;
    const advice = (await hasCheckpoint(output))
      ? `Stopped, and saved in ${output}; the same command with --resume goes on from there.`
      : 'Stopped before the first step.';
    await writeText(io.stderr, `${advice}\n`);
    throw new EndWith(130);
  }
}
