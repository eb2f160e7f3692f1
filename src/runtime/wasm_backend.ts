import { BackendError } from '../errors';
import { isNode, nodeBuiltin } from '../files/node_builtins';

type WasmModule = typeof import('@tensorflow/tfjs-backend-wasm');

/** Where the `.wasm` files lie: a folder or URL prefix, or the path of each of the three files. */
export type WasmPaths = Parameters<WasmModule['setWasmPaths']>[0];

/**
 * Loads tfjs' WebAssembly backend, which registers itself as `wasm`.
 *
 * @param paths where its `.wasm` files are; beside the package in Node, beside the page's script in a browser.
 * @throws {BackendError} when the package is not installed or, in Node, `paths` does not hold the files.
 */
export async function loadWasmBackend(paths?: WasmPaths): Promise<WasmModule> {
  const library = await importLibrary();
  if (paths === undefined) return library;
  if (isNode()) requireFiles(paths);
  library.setWasmPaths(typeof paths === 'string' && !/[\\/]$/.test(paths) ? `${paths}/` : paths);
  return library;
}

async function importLibrary(): Promise<WasmModule> {
  try {
    const imported: WasmModule & { default?: WasmModule } = await import('@tensorflow/tfjs-backend-wasm');
    // Node's import finds a CommonJS package under `default`, a bundler its names beside it.
    return imported.setWasmPaths === undefined ? imported.default! : imported;
  } catch (cause) {
    throw new BackendError(
      'The backend wasm needs the package @tensorflow/tfjs-backend-wasm, which does not load; install it again.',
      { path: 'wasm', expected: '@tensorflow/tfjs-backend-wasm', cause },
    );
  }
}

/** tfjs cannot try again once it has looked for the files in vain, so they are looked for first. */
function requireFiles(paths: WasmPaths): void {
  const { existsSync } = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  const files = typeof paths === 'string' ? [join(paths, 'tfjs-backend-wasm-simd.wasm')] : Object.values(paths);
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return;
  throw new BackendError(
    `The option wasmPaths must say where the files of the wasm backend are, and ${missing} does not exist; leave it out to use those of the package.`,
    { path: missing, received: paths },
  );
}
