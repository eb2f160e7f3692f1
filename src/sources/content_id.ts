import { nodeBuiltin } from '../files/node_builtins';
import type { HubFile } from './hub_file';

/** Whether a file of this machine has the content that the hub names. */
export async function hasContent(path: string, { id, size }: HubFile): Promise<boolean> {
  const fs = nodeBuiltin('node:fs');
  if ((await fs.promises.stat(path)).size !== size) return false;
  const isGit = id.length === 40;
  const hash = nodeBuiltin('node:crypto').createHash(isGit ? 'sha1' : 'sha256');
  // Git's name of a file is the hash of this and the content.
  if (isGit) hash.update(`blob ${size}\0`);
  for await (const chunk of fs.createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex') === id;
}
