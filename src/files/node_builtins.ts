import { UsageError } from '../errors';

interface NodeBuiltins {
  'node:child_process': typeof import('node:child_process');
  'node:crypto': typeof import('node:crypto');
  'node:fs': typeof import('node:fs');
  'node:fs/promises': typeof import('node:fs/promises');
  'node:module': typeof import('node:module');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
  'node:stream': typeof import('node:stream');
  'node:worker_threads': typeof import('node:worker_threads');
  'node:zlib': typeof import('node:zlib');
}

/**
 * A Node module by name, without an import that a browser bundler would have to resolve.
 *
 * @throws {UsageError} where there is no Node, as in a browser.
 */
export function nodeBuiltin<Name extends keyof NodeBuiltins>(name: Name): NodeBuiltins[Name] {
  const builtin = isNode() ? process.getBuiltinModule(name) : undefined;
  if (builtin === undefined) {
    throw new UsageError(`Files are read and written through ${name}, which only Node.js (20.19 or newer) has.`, {
      expected: name,
    });
  }
  return builtin as NodeBuiltins[Name];
}

/** Whether this runs in Node.js (Electron's renderer with Node integration included). */
export function isNode(): boolean {
  return typeof process !== 'undefined' && typeof process.getBuiltinModule === 'function';
}
