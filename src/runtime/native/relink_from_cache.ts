import { nodeBuiltin } from '../../files/node_builtins';
import { logger } from '../../logger';
import { addonPath, isBuilt } from './addon_path';
import { linkAddon } from './link_addon';
import { nativeCache } from './native_cache';
import { nativeEntries } from './native_entries';
import { findTfjsNode } from './tfjs_node_package';

/**
 * Makes the link of `linkNativeTensorflow` again where npm has removed it and the cache holds a build for the installed
 * tfjs-node-gpu; of several builds the one linked last is taken.
 *
 * @throws {OutputError} when `node_modules` cannot be written.
 */
export async function relinkFromCache(): Promise<void> {
  const { existsSync, statSync } = nodeBuiltin('node:fs');
  const tfjsNode = findTfjsNode();
  if (tfjsNode === undefined || existsSync(tfjsNode.addon)) return;
  const [last] = nativeEntries(nativeCache())
    .map((entry) => addonPath(entry, tfjsNode))
    .filter(isBuilt)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (last === undefined) return;
  await linkAddon(last, tfjsNode);
  logger.info(`Linked ${tfjsNode.addon} to ${last} again.`);
}
