import { nodeBuiltin } from '../../files/node_builtins';
import { runProgram } from './run_program';

/** Where the loader also looks, and where containers and WSL put the driver's libraries. */
const FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib/wsl/lib',
  '/usr/local/cuda/lib64',
  '/usr/local/nvidia/lib64',
];

/**
 * Shared libraries whose name matches, on the path of the loader: `LD_LIBRARY_PATH`, its cache, the usual folders.
 *
 * @returns their paths, each name once, as the loader would take it.
 */
export async function systemLibraries(pattern: RegExp): Promise<readonly string[]> {
  const { readdirSync, existsSync } = nodeBuiltin('node:fs');
  const path = nodeBuiltin('node:path');
  const inFolder = (folder: string) =>
    existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
  const { LD_LIBRARY_PATH = '' } = process.env;
  const { stdout } = await runProgram('/sbin/ldconfig', ['-p']);
  const cached = [...stdout.matchAll(/=> (.+)$/gm)].map(([, file]) => file!);
  const all = [
    ...LD_LIBRARY_PATH.split(':').filter(Boolean).flatMap(inFolder),
    ...cached,
    ...FOLDERS.flatMap(inFolder),
  ];
  const named = new Map<string, string>();
  for (const file of all) {
    const name = path.basename(file);
    if (pattern.test(name) && !named.has(name)) named.set(name, file);
  }
  return [...named.values()];
}
