import { nodeBuiltin } from './node_builtins';
import { isAbandoned, PARTIAL } from './partial_name';

/** What stands behind the temporary name of a folder in that of the one it replaces. */
export const REPLACED = '-replaced';

/**
 * Cleans up after processes that were killed while they wrote a target: what they left half-written is removed. If
 * one was killed after it had moved the old target away and before it had put the new one there, the old is put back.
 *
 * What cannot be removed stays; a process at work is left alone.
 *
 * @param target the absolute path of a file or folder.
 */
export async function settleLeftovers(target: string): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const { basename, dirname, join } = nodeBuiltin('node:path');
  const folder = dirname(target);
  const prefix = `${basename(target)}${PARTIAL}`;
  const leftovers: string[] = [];
  for (const name of await fs.readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const stats = await fs.stat(path).catch(() => undefined);
    if (stats !== undefined && isAbandoned(name.slice(prefix.length), stats.mtimeMs)) leftovers.push(path);
  }
  const replaced = leftovers.find((path) => path.endsWith(REPLACED));
  const isBack = replaced === undefined || (await putBack(replaced, target));
  const removed = leftovers.filter((path) => path !== replaced || isBack);
  await Promise.all(removed.map((path) => fs.rm(path, { recursive: true, force: true }).catch(() => {})));
}

/** @returns whether there is a target now. */
async function putBack(replaced: string, target: string): Promise<boolean> {
  const { lstat, rename } = nodeBuiltin('node:fs/promises');
  const exists = await lstat(target).catch(() => undefined);
  if (exists !== undefined) return true;
  return rename(replaced, target).then(
    () => true,
    () => false,
  );
}
