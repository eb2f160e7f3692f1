import { CheckpointError } from '../errors';

/**
 * Checks the name of a file that another file of the same folder gives.
 *
 * @param index path of the file that gives it, for messages.
 * @throws {CheckpointError} when the name would leave the folder.
 */
export function shardName(index: string, name: string): string {
  if (name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)) return name;
  throw new CheckpointError(
    `${index} must name files of its own folder, received ${JSON.stringify(name)}; only trust checkpoints that keep to their folder.`,
    { path: index, received: name },
  );
}
