import { nodeBuiltin } from '../../files/node_builtins';
import type { NativeVariant } from './native_variant';

/** A TensorFlow in the cache: `lib/`, `include/`, `nvidia/` if there is CUDA, and `addons/` built against it. */
export interface NativeEntry {
  readonly folder: string;
  readonly tensorflow: string;
  readonly variant: NativeVariant;
  /** The folder pip installed it to; null when it was fetched and lies in the cache itself. */
  readonly installedIn: string | null;
}

/** What `entry.json` says; it is the last file written, into a folder that then gets its final name. */
type Manifest = Omit<NativeEntry, 'folder'> & {
  /** Size of each library. */
  readonly files: Readonly<Record<string, number>>;
};

/** Says what a folder of the cache holds. */
export const MANIFEST = 'entry.json';

/** Writes down what the folder holds, once it is whole. */
export async function writeNativeEntry(folder: string, entry: Omit<NativeEntry, 'folder'>): Promise<void> {
  const fs = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  const names = ['lib', 'nvidia'].flatMap((part) =>
    fs.existsSync(join(folder, part))
      ? fs.readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' }).map((name) => `${part}/${name}`)
      : [],
  );
  const files = names
    .map((name) => [name, fs.statSync(join(folder, name))] as const)
    .filter(([, found]) => found.isFile())
    .map(([name, { size }]) => [name, size]);
  const manifest: Manifest = { ...entry, files: Object.fromEntries(files) };
  await fs.promises.writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * The TensorFlow in a folder of the cache; undefined when there is none, or a file of it is missing or was replaced,
 * as by an upgrade of the one that pip installed.
 */
export function readNativeEntry(folder: string): NativeEntry | undefined {
  const fs = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  try {
    const { files, ...entry }: Manifest = JSON.parse(fs.readFileSync(join(folder, MANIFEST), 'utf8'));
    const isWhole = Object.entries(files).every(([name, size]) => fs.statSync(join(folder, name)).size === size);
    return isWhole ? { ...entry, folder } : undefined;
  } catch {
    return undefined;
  }
}
