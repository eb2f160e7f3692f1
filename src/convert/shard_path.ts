import { CheckpointError } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';

/**
 * The path of a file that another file of the same folder names.
 *
 * @throws {CheckpointError} when the name would leave the folder.
 */
export function shardPath(index: string, name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)) {
    throw new CheckpointError(
      `${index} must name files of its own folder, received ${JSON.stringify(name)}; only trust checkpoints that keep to their folder.`,
      { path: index, received: name },
    );
  }
  const { join, dirname } = nodeBuiltin('node:path');
  return join(dirname(index), name);
}
