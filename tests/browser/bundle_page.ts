import { builtinModules } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Packages that ask for Node modules and turn them off for browsers themselves. */
const CAREFUL_PACKAGES = /\/node_modules\/(@tensorflow|seedrandom)\//;

const BUILTINS = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/** Fails the bundle when this package, or one that it depends on, imports a Node module. */
const noNodeBuiltins: Plugin = {
  name: 'no-node-builtins',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, importer }) => {
      if (!BUILTINS.has(path) || CAREFUL_PACKAGES.test(importer)) return undefined;
      return { errors: [{ text: `${importer} must run in browsers and imports ${path}; use nodeBuiltin() instead.` }] };
    });
  },
};

/**
 * Bundles a page's script for browsers, with a source map beside it.
 *
 * @param entry path of the script, from this folder on.
 * @returns name of the script in the folder.
 * @throws {Error} when a Node module would be needed.
 */
export async function bundlePage(entry: string, folder: string): Promise<string> {
  const name = `${basename(entry, '.ts')}.js`;
  await build({
    entryPoints: [resolve(__dirname, entry)],
    bundle: true,
    platform: 'browser',
    outfile: join(folder, name),
    sourcemap: 'external',
    logLevel: 'error',
    plugins: [noNodeBuiltins],
  });
  return name;
}
