import { OutputError } from '../errors';
import { asOutput } from './as_output';
import { nodeBuiltin } from './node_builtins';
import { partialPrefix } from './partial_name';
import { REPLACED, settleLeftovers } from './settle_leftovers';

/**
 * Fills a folder under a temporary name beside its destination and renames it when it is whole.
 *
 * A process that is killed meanwhile leaves the destination as it was, or, in the instant between two renames, absent;
 * the next call for the same destination then puts the old folder back first, and removes what was half-filled.
 *
 * @param destination must not exist, unless `overwrite` is set.
 * @param fill writes the files into the folder it is given.
 * @throws {OutputError} when the destination exists or cannot be written (no space, no permission); the temporary
 *   folder is removed, whatever `fill` threw.
 *
 * @example
 * await writeFolderAtomically('out', { overwrite: false }, (folder) => writeFile(join(folder, 'a.txt'), 'a'));
 */
export async function writeFolderAtomically(
  destination: string,
  { overwrite }: { overwrite: boolean },
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const path = nodeBuiltin('node:path');
  const target = path.resolve(destination);
  await settleLeftovers(target);
  await refuseExisting(target, overwrite);
  const temporary = await asOutput(destination, async () => {
    await fs.mkdir(path.dirname(target), { recursive: true });
    return fs.mkdtemp(partialPrefix(target));
  });
  try {
    await asOutput(destination, () => fill(temporary));
    await asOutput(destination, async () => {
      await fs.chmod(temporary, 0o755);
      await (overwrite ? replaceFolder(temporary, target) : fs.rename(temporary, target));
    });
  } catch (error) {
    await fs.rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Puts a folder in the place of another, which is only removed when the new one stands there. */
async function replaceFolder(folder: string, target: string): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const old = `${folder}${REPLACED}`;
  const existed = await fs.rename(target, old).then(
    () => true,
    () => false,
  );
  try {
    await fs.rename(folder, target);
  } catch (error) {
    if (existed) await fs.rename(old, target);
    throw error;
  }
  await fs.rm(old, { recursive: true, force: true });
}

/** Name of the folder in which files wait to be moved into the one around it. */
const STAGING = '.tfjs-deberta-v2';

/**
 * Fills a temporary folder and, when it is whole, moves its files into a folder that may exist and hold others.
 *
 * Files of the same names are replaced.
 *
 * @throws {OutputError} as {@link writeFolderAtomically}.
 */
export async function writeFilesAtomically(
  destination: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const path = nodeBuiltin('node:path');
  const staging = await asOutput(destination, async () => {
    await fs.mkdir(destination, { recursive: true });
    await settleLeftovers(path.join(destination, STAGING));
    return fs.mkdtemp(partialPrefix(path.join(destination, STAGING)));
  });
  try {
    await asOutput(destination, async () => {
      await fill(staging);
      for (const name of await fs.readdir(staging))
        await fs.rename(path.join(staging, name), path.join(destination, name));
    });
  } finally {
    await fs.rm(staging, { recursive: true, force: true });
  }
}

/**
 * Writes a file under a temporary name and renames it, so that a reader never sees half of it.
 *
 * @throws {OutputError} when it cannot be written (no space, no permission).
 */
export async function writeFileAtomically(destination: string, content: string | Uint8Array): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const temporary = `${partialPrefix(destination)}${Math.random().toString(36).slice(2)}`;
  await settleLeftovers(nodeBuiltin('node:path').resolve(destination));
  await asOutput(destination, () => fs.mkdir(nodeBuiltin('node:path').dirname(destination), { recursive: true }));
  try {
    await asOutput(destination, async () => {
      await fs.writeFile(temporary, content);
      await fs.rename(temporary, destination);
    });
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Refuses an output that is there already.
 *
 * @throws {OutputError} unless `overwrite` is set.
 */
export async function refuseExisting(target: string, overwrite: boolean): Promise<void> {
  if (overwrite) return;
  const found = await nodeBuiltin('node:fs/promises')
    .stat(target)
    .catch(() => undefined);
  if (found !== undefined) {
    throw new OutputError(`${target} exists already; choose another output or allow overwriting it.`, {
      path: target,
    });
  }
}
