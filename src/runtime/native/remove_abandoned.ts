import { nodeBuiltin } from '../../files/node_builtins';
import type { NativeCache } from './native_cache';
import { PARTIAL } from './native_entries';

/** Longer than anybody fetches TensorFlow. */
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Removes what processes that were killed have left half-filled; one at work now is left alone. */
export async function removeAbandoned({ native }: NativeCache): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const { join } = nodeBuiltin('node:path');
  const names = await fs.readdir(native).catch(() => []);
  for (const name of names.filter((entry) => entry.includes(PARTIAL))) {
    const { mtimeMs } = await fs.stat(join(native, name)).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > DAY_MILLISECONDS) await fs.rm(join(native, name), { recursive: true, force: true });
  }
}
