import { OutputError } from '../../errors';
import { nodeBuiltin } from '../../files/node_builtins';

/**
 * Sees that something of this size fits before it is fetched.
 *
 * @param folder need not exist yet.
 * @throws {OutputError} when it does not fit.
 */
export async function requireFreeSpace(folder: string, bytes: number, what: string): Promise<void> {
  const fs = nodeBuiltin('node:fs');
  const { dirname } = nodeBuiltin('node:path');
  let existing = folder;
  while (!fs.existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await fs.promises.statfs(existing);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  throw new OutputError(
    `${what} needs ${gigabytes(bytes)} while it is unpacked, and ${folder} has ${gigabytes(free)} left; free some space, or choose another folder by --cache-dir or TFJS_DEBERTA_CACHE.`,
    { path: folder, expected: bytes, received: free },
  );
}
