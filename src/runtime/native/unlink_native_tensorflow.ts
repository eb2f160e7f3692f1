import { asOutput } from '../../files/as_output';
import { nodeBuiltin } from '../../files/node_builtins';
import { PARTIAL } from '../../files/partial_name';
import { unlinkAddon } from './link_addon';
import { nativeCache } from './native_cache';
import { MANIFEST } from './native_entry';
import { findTfjsNode } from './tfjs_node_package';

/** Options of {@link unlinkNativeTensorflow}. */
export interface UnlinkNativeOptions {
  /** Whether TensorFlow and the addons are removed from the cache too; they stay by default. */
  readonly purge?: boolean | undefined;
  /** The cache; by default that of `linkNativeTensorflow`. */
  readonly cacheFolder?: string | undefined;
}

/** What {@link unlinkNativeTensorflow} removed. */
export interface UnlinkReport {
  /** The link in `node_modules`; null when there was none of ours. */
  readonly link: string | null;
  /** The folder of the cache; null when it stays, or was not there. */
  readonly cache: string | null;
}

/**
 * Undoes `linkNativeTensorflow`: removes the link, and puts an addon that was there before back.
 *
 * Without `purge` the next `useBackend` that wants `tensorflow` makes the link again from the cache.
 *
 * @throws {OutputError} when `node_modules` or the cache cannot be written.
 */
export async function unlinkNativeTensorflow(options: UnlinkNativeOptions = {}): Promise<UnlinkReport> {
  const tfjsNode = findTfjsNode();
  const isUnlinked = tfjsNode !== undefined && (await unlinkAddon(tfjsNode));
  const { native } = nativeCache(options.cacheFolder);
  const isPurged = options.purge === true && nodeBuiltin('node:fs').existsSync(native);
  if (isPurged) await asOutput(native, () => purge(native));
  return { link: isUnlinked ? tfjsNode.addon : null, cache: isPurged ? native : null };
}

/** Removes what this package has put there, and the folder if nothing else is in it. */
async function purge(native: string): Promise<void> {
  const fs = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  const isOurs = (name: string) => name.includes(PARTIAL) || fs.existsSync(join(native, name, MANIFEST));
  for (const name of fs.readdirSync(native).filter(isOurs)) {
    await fs.promises.rm(join(native, name), { recursive: true, force: true });
  }
  if (fs.readdirSync(native).length === 0) await fs.promises.rmdir(native);
}
