import { readdir, rmdir } from 'node:fs/promises';
import { UsageError } from '../../errors';
import { asOutput } from '../../files/as_output';
import { checkpointStep } from '../../training/checkpoints/checkpoint_name';

/** Names in a folder; none where it does not exist. */
async function namesIn(folder: string): Promise<string[]> {
  return asOutput(folder, () => readdir(folder)).catch((error: Error) => {
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return [];
    throw error;
  });
}

/**
 * Refuses a folder that holds something, unless the run in it is to be gone on with.
 *
 * @throws {UsageError} when it does; {@link OutputError} when it is none.
 */
export async function requireFreshFolder(folder: string, resume: boolean): Promise<void> {
  if (resume || (await namesIn(folder)).length === 0) return;
  throw new UsageError(
    `${folder} must be a new or an empty folder and holds files; go on with the run in it by --resume, or choose another.`,
    { path: '--output', received: folder },
  );
}

/** Whether a run has left a checkpoint in its folder. */
export async function hasCheckpoint(folder: string): Promise<boolean> {
  return (await namesIn(folder)).some((name) => checkpointStep(name) !== undefined);
}

/** Removes the folder of a run that failed before it wrote anything. */
export async function removeEmptyFolder(folder: string): Promise<void> {
  // One that holds something stays: it cannot be removed this way.
  await rmdir(folder).catch(() => {});
}
