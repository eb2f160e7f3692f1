import { nodeBuiltin } from '../../files/node_builtins';
import { isAbandoned, PARTIAL } from '../../files/partial_name';
import type { NativeCache } from './native_cache';

/** Removes what processes that were killed have left half-filled; one at work now is left alone. */
export async function removeAbandoned({ native }: NativeCache): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const { join } = nodeBuiltin('node:path');
  const names = await fs.readdir(native).catch(() => []);
  for (const name of names.filter((entry) => entry.includes(PARTIAL))) {
    const { mtimeMs } = await fs.stat(join(native, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    const ending = name.slice(name.indexOf(PARTIAL) + PARTIAL.length);
    if (isAbandoned(ending, mtimeMs)) await fs.rm(join(native, name), { recursive: true, force: true });
  }
}
