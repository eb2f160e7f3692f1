import * as tf from '@tensorflow/tfjs';
import { BackendError } from '../errors';
import { isNode } from '../files/node_builtins';

/** Packages that bring TensorFlow into Node, in the order in which they are tried; the first needs no GPU either. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const ADVICE = 'install it, or call useBackend() to take wasm meanwhile';

/**
 * Loads tfjs-node-gpu or tfjs-node, which register the backend `tensorflow`.
 *
 * @throws {BackendError} saying what is missing.
 */
export async function loadNativeTensorflow(): Promise<void> {
  if (!isNode()) {
    throw new BackendError('The backend tensorflow needs Node.js, and this is a browser; use webgl or wasm here.', {
      path: 'tensorflow',
      expected: 'Node.js',
    });
  }
  if (tf.findBackendFactory('tensorflow')) return;
  restoreRemovedUtilities();
  // TensorFlow reads it when it is loaded, and is talkative without.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const failures: { name: string; error: unknown }[] = [];
  for (const name of PACKAGES) {
    try {
      // A specifier in a variable: bundlers for browsers leave it alone, and packages that are not there break nothing.
      await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
      return requireSharedEngine(name);
    } catch (error) {
      failures.push({ name, error });
    }
  }
  const told = failures.find(({ name, error }) => !isNotInstalled(name, error)) ?? failures[0]!;
  throw told.error instanceof BackendError ? told.error : asBackendError(told.name, told.error);
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 and later do not have. */
function restoreRemovedUtilities(): void {
  const util: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } =
    process.getBuiltinModule('node:util');
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

function requireSharedEngine(name: string): void {
  if (tf.findBackendFactory('tensorflow')) return;
  throw new BackendError(
    `${name} must use the same copy of @tensorflow/tfjs as this package and brought its own; install the same version of both (npm ls @tensorflow/tfjs-core shows them).`,
    { path: name, expected: tf.version.tfjs },
  );
}

function asBackendError(name: string, cause: unknown): BackendError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const details = { path: 'tensorflow', expected: name, cause };
  if (isNotInstalled(name, cause)) {
    return new BackendError(
      `The backend tensorflow needs the package ${name}, which is not installed; ${ADVICE}.`,
      details,
    );
  }
  if (text.includes('native addon module')) {
    return new BackendError(
      `The backend tensorflow needs the native library of ${name}, which is not installed; ${ADVICE}.`,
      details,
    );
  }
  const reason = text.split('\n')[0]!.replace(/\.$/, '');
  return new BackendError(
    `The backend tensorflow needs ${name}, which is installed and does not load (${reason}); install it anew, or call useBackend() to take wasm meanwhile.`,
    details,
  );
}

function isNotInstalled(name: string, error: unknown): boolean {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  // A package that lacks a dependency of its own fails with the same code.
  return isMissing && message.includes(`'${name}'`);
}
