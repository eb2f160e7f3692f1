import { nodeBuiltin } from '../../files/node_builtins';

/** Where TensorFlow and addons are kept, outside of `node_modules`, which npm empties. */
export interface NativeCache {
  /** The cache of this package. */
  readonly folder: string;
  /** One folder in it for each TensorFlow. */
  readonly native: string;
}

/**
 * The cache: the folder given, else that of the variable `TFJS_DEBERTA_CACHE`, else `tfjs-deberta-v2` in
 * `XDG_CACHE_HOME` or `~/.cache`.
 */
export function nativeCache(folder?: string): NativeCache {
  const path = nodeBuiltin('node:path');
  const { TFJS_DEBERTA_CACHE, XDG_CACHE_HOME } = process.env;
  const caches = XDG_CACHE_HOME || path.join(nodeBuiltin('node:os').homedir(), '.cache');
  const chosen = path.resolve(folder || TFJS_DEBERTA_CACHE || path.join(caches, 'tfjs-deberta-v2'));
  return { folder: chosen, native: path.join(chosen, 'native') };
}
