import { asOutput } from '../files/as_output';
import { atExit } from '../files/at_exit';
import { nodeBuiltin } from '../files/node_builtins';
import { saveStream } from './save_stream';

/** A file of this machine that is gone when it is no longer needed. */
export interface TemporaryFile {
  readonly path: string;
  /** Removes it; the end of the process does too. */
  remove(): Promise<void>;
}

/**
 * Saves a stream to a temporary file, all of it or nothing.
 *
 * @param name what the file is called.
 * @throws {OutputError} when it cannot be written; whatever the stream throws.
 */
export async function temporaryFile(name: string, stream: AsyncIterable<Uint8Array>): Promise<TemporaryFile> {
  const fs = nodeBuiltin('node:fs');
  const { basename, join } = nodeBuiltin('node:path');
  const root = nodeBuiltin('node:os').tmpdir();
  const folder = await asOutput(root, () => fs.promises.mkdtemp(join(root, 'tfjs-deberta-')));
  const callOff = atExit(() => fs.rmSync(folder, { recursive: true, force: true }));
  const remove = async () => {
    callOff();
    await fs.promises.rm(folder, { recursive: true, force: true });
  };
  const path = join(folder, basename(name));
  try {
    await saveStream(path, stream);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}
