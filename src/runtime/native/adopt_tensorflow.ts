import { nodeBuiltin } from '../../files/node_builtins';
import { type InstalledTensorflow, TENSORFLOW_LIBRARIES } from './find_tensorflow';
import { makeFolderOnce } from './make_folder_once';
import type { NativeCache } from './native_cache';
import { type NativeEntry, readNativeEntry, writeNativeEntry } from './native_entry';

/**
 * Makes a folder in the cache of links to a TensorFlow that pip has installed: nothing is copied.
 *
 * CUDA's libraries are found where the extra `and-cuda` puts them: TensorFlow looks for them at `../nvidia` of the
 * folder its own library was opened in, which is that of the link.
 */
export async function adoptTensorflow(cache: NativeCache, installed: InstalledTensorflow): Promise<NativeEntry> {
  const path = nodeBuiltin('node:path');
  const { folder: source, version, variant } = installed;
  // One folder for each place: the same version may be installed several times.
  const place = nodeBuiltin('node:crypto').createHash('sha256').update(source).digest('hex').slice(0, 8);
  const name = `${version}-${variant}-${process.platform}-${process.arch}-pip-${place}`;
  const folder = path.join(cache.native, name);
  await makeFolderOnce(
    folder,
    () => readNativeEntry(folder) !== undefined,
    async (temporary) => {
      const fs = nodeBuiltin('node:fs/promises');
      await fs.mkdir(path.join(temporary, 'lib'));
      for (const library of TENSORFLOW_LIBRARIES) {
        await fs.symlink(path.join(source, library), path.join(temporary, 'lib', library));
      }
      await fs.symlink(path.join(source, 'include'), path.join(temporary, 'include'));
      await writeNativeEntry(temporary, { tensorflow: version, variant, installedIn: source });
      await fs.symlink(path.join(path.dirname(source), 'nvidia'), path.join(temporary, 'nvidia'));
    },
  );
  return readNativeEntry(folder)!;
}
