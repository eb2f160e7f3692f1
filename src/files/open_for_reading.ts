import { nodeBuiltin } from './node_builtins';
import { unreadable } from './unreadable';

/** An open file of Node's. */
export type FileHandle = Awaited<ReturnType<ReturnType<typeof nodeBuiltin<'node:fs/promises'>>['open']>>;

/**
 * Opens a file of texts.
 *
 * @throws {InputError} when it is missing, a folder, or cannot be read; `UsageError` where there is no Node.
 */
export async function openForReading(path: string): Promise<FileHandle> {
  const { open } = nodeBuiltin('node:fs/promises');
  try {
    const handle = await open(path);
    if (!(await handle.stat()).isDirectory()) return handle;
    await handle.close();
    throw Object.assign(new Error(path), { code: 'EISDIR' });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
