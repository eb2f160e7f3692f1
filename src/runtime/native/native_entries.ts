import { nodeBuiltin } from '../../files/node_builtins';
import { PARTIAL } from '../../files/partial_name';
import type { NativeCache } from './native_cache';
import { type NativeEntry, readNativeEntry } from './native_entry';

/** Every whole TensorFlow in the cache. */
export function nativeEntries({ native }: NativeCache): readonly NativeEntry[] {
  const { existsSync, readdirSync } = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  if (!existsSync(native)) return [];
  return readdirSync(native)
    .filter((name) => !name.includes(PARTIAL))
    .map((name) => readNativeEntry(join(native, name)))
    .filter((entry) => entry !== undefined);
}
