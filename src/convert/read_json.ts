import type { DebertaError, DebertaErrorDetails } from '../errors';
import { nodeBuiltin } from '../files/node_builtins';
import { asCheckpointError } from './random_access_file';

/**
 * Reads a JSON file of a checkpoint.
 *
 * @param Failure the error to throw when the text is not JSON.
 * @throws {CheckpointError} when the file cannot be read.
 */
export async function readJson(
  path: string,
  Failure: new (message: string, details: DebertaErrorDetails) => DebertaError,
): Promise<unknown> {
  const text = await asCheckpointError(path, () => nodeBuiltin('node:fs/promises').readFile(path, 'utf8'));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure(`${path} must be JSON and is not; correct the file or get it again.`, { path, cause });
  }
}
