import { asOutput } from '../../files/as_output';
import { nodeBuiltin } from '../../files/node_builtins';
import { type NativeEntry, readNativeEntry } from './native_entry';
import type { TfjsNodePackage } from './tfjs_node_package';

/** After the name of an addon that came from elsewhere, while ours is in its place. */
const KEPT = '.before-tfjs-deberta';

/** What stands where tfjs-node-gpu looks for its addon. */
export interface LinkedAddon {
  /** The file, links resolved. */
  readonly file: string;
  /** The TensorFlow of the cache it belongs to; undefined when it came from elsewhere. */
  readonly entry: NativeEntry | undefined;
}

/** The addon tfjs-node-gpu finds; undefined when there is none, or a link that leads nowhere. */
export function linkedAddon({ addon }: TfjsNodePackage): LinkedAddon | undefined {
  const { existsSync, realpathSync } = nodeBuiltin('node:fs');
  const { dirname } = nodeBuiltin('node:path');
  if (!existsSync(addon)) return undefined;
  const file = realpathSync(addon);
  return { file, entry: readNativeEntry(dirname(dirname(dirname(file)))) };
}

/**
 * Puts a link to an addon where tfjs-node-gpu looks for it; an addon that came from elsewhere is kept beside it.
 *
 * The time of the addon becomes now, so that the one linked last is known when npm has removed the link.
 *
 * @throws {OutputError} when `node_modules` cannot be written.
 */
export async function linkAddon(addon: string, tfjsNode: TfjsNodePackage): Promise<void> {
  const fs = nodeBuiltin('node:fs/promises');
  const { dirname, join } = nodeBuiltin('node:path');
  const place = tfjsNode.addon;
  await asOutput(place, async () => {
    await fs.mkdir(dirname(place), { recursive: true });
    if (await isForeign(place)) await fs.rename(place, place + KEPT).catch(ignoreMissing);
    const temporary = await fs.mkdtemp(`${place}.partial-`);
    try {
      await fs.symlink(addon, join(temporary, 'link'));
      await fs.rename(join(temporary, 'link'), place);
    } finally {
      await fs.rm(temporary, { recursive: true });
    }
  });
  // A cache that others own may be used, and not be written.
  await fs.utimes(addon, new Date(), new Date()).catch(() => undefined);
}

/**
 * Removes the link, and puts the addon that was there before back.
 *
 * @returns whether there was one; an addon that came from elsewhere stays.
 */
export async function unlinkAddon({ addon }: TfjsNodePackage): Promise<boolean> {
  const fs = nodeBuiltin('node:fs/promises');
  const found = await fs.lstat(addon).catch(() => undefined);
  if (!found?.isSymbolicLink()) return false;
  await asOutput(addon, async () => {
    await fs.rm(addon);
    await fs.rename(addon + KEPT, addon).catch(ignoreMissing);
  });
  return true;
}

/** tfjs-node-gpu's own script leaves a file, never a link. */
async function isForeign(place: string): Promise<boolean> {
  const found = await nodeBuiltin('node:fs/promises')
    .lstat(place)
    .catch(() => undefined);
  return found?.isFile() ?? false;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
