import * as tf from '@tensorflow/tfjs';
import { BackendError, OutputError } from '../errors';
import { isNode } from '../files/node_builtins';
import { relinkFromCache } from './native/relink_from_cache';
import { tensorflowEnvironment } from './tensorflow_environment';

/** Packages that bring TensorFlow into Node, in the order in which they are tried; the first needs no GPU either. */
const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const MEANWHILE = 'or call useBackend() to take wasm meanwhile';

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
  replaceRemovedUtilities();
  Object.assign(process.env, tensorflowEnvironment(process.env));
  await makeLink();
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

/** Node keeps the failure of an import for ever, so what the addon lacks is put in order before. */
async function makeLink(): Promise<void> {
  try {
    await relinkFromCache();
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    throw new BackendError(
      `The backend tensorflow needs a link to its native library, which is in the cache, and ${error.message.replace(/\.$/, '')}; run npx tfjs-deberta native as a user who may write there, ${MEANWHILE}.`,
      { path: 'tensorflow', cause: error },
    );
  }
}

/** tfjs-node 4.22 calls two functions of `node:util` that newer versions of Node warn of, or do not have. */
function replaceRemovedUtilities(): void {
  const util: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } =
    process.getBuiltinModule('node:util');
  util.isNullOrUndefined = (value) => value === null || value === undefined;
  util.isArray = Array.isArray;
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
      `The backend tensorflow needs the package ${name}, which is not installed; run npm install --ignore-scripts ${name}@${tf.version.tfjs} and then npx tfjs-deberta native, ${MEANWHILE}.`,
      details,
    );
  }
  if (text.includes('native addon module')) {
    return new BackendError(
      `The backend tensorflow needs the native library of ${name}, which is not installed; run npx tfjs-deberta native, ${MEANWHILE}.`,
      details,
    );
  }
  const reason = text.split('\n')[0]!.replace(/\.$/, '');
  return new BackendError(
    `The backend tensorflow needs ${name}, which is installed and does not load (${reason}); run npx tfjs-deberta native, ${MEANWHILE}.`,
    details,
  );
}

function isNotInstalled(name: string, error: unknown): boolean {
  const { code, message = '' } = error as NodeJS.ErrnoException;
  const isMissing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
  // A package that lacks a dependency of its own fails with the same code.
  return isMissing && message.includes(`'${name}'`);
}
