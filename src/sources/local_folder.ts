import { nodeBuiltin } from '../files/node_builtins';
import { asCheckpointError } from './as_checkpoint_error';
import type { FileSource } from './file_source';
import { openLocalFile } from './local_file';

/** A folder of this machine; links in it are followed, as the cache of the hub needs it. */
export function localFolder(folder: string): FileSource {
  const { join } = nodeBuiltin('node:path');
  const fs = nodeBuiltin('node:fs/promises');
  return {
    location: folder,
    folder,
    list: () => asCheckpointError(folder, () => fs.readdir(folder)),
    async has(name) {
      // A link that leads nowhere is there as well: opening it says what is wrong.
      const found = await fs.lstat(join(folder, name)).catch(() => undefined);
      return found !== undefined;
    },
    pathOf: (name) => join(folder, name),
    open: (name) => openLocalFile(join(folder, name)),
    localPath: async (name) => join(folder, name),
  };
}
