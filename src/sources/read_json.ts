import { CheckpointError, type DebertaError, type DebertaErrorDetails } from '../errors';
import type { FileSource } from './file_source';

/** More than any list of tensors or configuration has; the text and what it stands for take several times as much. */
const MAX_JSON_BYTES = 100_000_000;

/**
 * Reads a JSON file.
 *
 * @param Failure the error to throw when the text is not JSON.
 * @throws {CheckpointError} when the file cannot be read or has more than 100 MB.
 */
export async function readJson(
  source: FileSource,
  name: string,
  Failure: new (message: string, details: DebertaErrorDetails) => DebertaError,
): Promise<unknown> {
  const bytes = await readBytes(source, name, MAX_JSON_BYTES);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const path = source.pathOf(name);
    throw new Failure(`${path} must be JSON and is not; correct the file or get it again.`, { path, cause });
  }
}

/**
 * A whole file.
 *
 * @param limit of its size in bytes; none by default.
 * @throws {CheckpointError} when it cannot be read or is larger.
 */
export async function readBytes(
  source: FileSource,
  name: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await source.open(name);
  try {
    const { path, size } = file;
    if (size > limit) {
      throw new CheckpointError(`${path} must have at most ${limit} bytes and has ${size}; get the file again.`, {
        path,
        expected: limit,
        received: size,
      });
    }
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}
