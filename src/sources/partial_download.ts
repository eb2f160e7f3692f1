import { nodeBuiltin } from '../files/node_builtins';
import { isRunning, machineId } from '../files/process_id';

/** A file that nobody has written to for so long belongs to no one, milliseconds. */
const ABANDONED_AFTER = 3_600_000;

/** A file that one download writes, under a name that no other writes. */
export interface PartialDownload {
  readonly path: string;
  /** Leaves it to whoever next wants the same content, in this process or another. */
  release(): Promise<void>;
}

/**
 * Begins to download a blob, or goes on with a download that was left behind.
 *
 * The name tells whose it is: `<blob>.<host>-<process>-<random>.incomplete`. One whose process has ended is taken over by
 * renaming, which succeeds for one taker alone.
 *
 * @param blob path of the blob; the file lies beside it.
 */
export async function claimPartial(blob: string): Promise<PartialDownload> {
  const fs = nodeBuiltin('node:fs/promises');
  const { basename, dirname, join } = nodeBuiltin('node:path');
  const folder = dirname(blob);
  const name = (owner: number) => `${blob}.${machineId()}-${owner}-${randomId()}.incomplete`;
  const path = name(process.pid);
  for (const found of await fs.readdir(folder)) {
    if (!found.startsWith(`${basename(blob)}.`) || !found.endsWith('.incomplete')) continue;
    if (!(await isAbandoned(join(folder, found)))) continue;
    const taken = await fs.rename(join(folder, found), path).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return { path, release: () => fs.rename(path, name(NOBODY)) };
}

/** Never the number of a process that could be writing here. */
const NOBODY = 0;

async function isAbandoned(path: string): Promise<boolean> {
  const [, host, owner] = /\.([0-9a-f]{8})-(\d+)-[0-9a-f]+\.incomplete$/.exec(path) ?? [];
  if (host === machineId()) return Number(owner) === NOBODY || !isRunning(Number(owner));
  // Of another machine, or of Python's library, which is not known to be at it or not.
  const stats = await nodeBuiltin('node:fs/promises')
    .stat(path)
    .catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_AFTER;
}

function randomId(): string {
  return nodeBuiltin('node:crypto').randomBytes(4).toString('hex');
}
