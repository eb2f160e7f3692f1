import { OutputError } from '../errors';
import { asOutput } from './as_output';
import { nodeBuiltin } from './node_builtins';

/**
 * Fills a folder under a temporary name beside its destination and renames it when it is whole.
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
  await refuseExisting(target, overwrite);
  const temporary = await asOutput(destination, async () => {
    await fs.mkdir(path.dirname(target), { recursive: true });
    return fs.mkdtemp(`${target}.partial-`);
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
  const old = `${folder}-replaced`;
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
    return fs.mkdtemp(path.join(destination, '.partial-'));
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
  const temporary = `${destination}.partial-${process.pid}-${Math.random().toString(36).slice(2)}`;
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
