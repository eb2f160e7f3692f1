import { asOutput } from '../../files/as_output';
import { writeFolderAtomically } from '../../files/atomic_write';
import { nodeBuiltin } from '../../files/node_builtins';

/**
 * Makes a folder of the cache unless it is there and whole; what is not whole is replaced.
 *
 * Two processes that make the same one both fill a folder of their own; the first to be done gives it its name, and
 * the other drops its own.
 *
 * @param isWhole whether the folder holds what it must.
 * @returns whether it was made now.
 */
export async function makeFolderOnce(
  folder: string,
  isWhole: () => boolean,
  fill: (temporary: string) => Promise<void>,
): Promise<boolean> {
  if (isWhole()) return false;
  const { existsSync, promises } = nodeBuiltin('node:fs');
  if (existsSync(folder)) await asOutput(folder, () => promises.rm(folder, { recursive: true, force: true }));
  try {
    await writeFolderAtomically(folder, { overwrite: false }, fill);
    return true;
  } catch (error) {
    if (isWhole()) return false;
    throw error;
  }
}
