import { nodeBuiltin } from '../../files/node_builtins';
import type { NativeEntry } from './native_entry';
import { QUIET_START } from './quiet_start';
import type { TfjsNodePackage } from './tfjs_node_package';

/** Where the addon of a tfjs-node-gpu for a TensorFlow is kept: its version and sources make the folder's name. */
export function addonPath(entry: NativeEntry, tfjsNode: TfjsNodePackage): string {
  const fs = nodeBuiltin('node:fs');
  const { basename, join } = nodeBuiltin('node:path');
  const hash = nodeBuiltin('node:crypto').createHash('sha256');
  hash.update(QUIET_START.first).update(QUIET_START.last);
  const sources = join(tfjsNode.folder, 'binding');
  for (const name of fs.readdirSync(sources).sort()) hash.update(name).update(fs.readFileSync(join(sources, name)));
  const key = `${tfjsNode.version}-napi${tfjsNode.napiVersion}-${hash.digest('hex').slice(0, 12)}`;
  return join(entry.folder, 'addons', key, basename(tfjsNode.addon));
}

/** Whether it has been built; it gets its name when it is whole. */
export function isBuilt(addon: string): boolean {
  return (nodeBuiltin('node:fs').statSync(addon, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
