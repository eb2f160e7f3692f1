import * as tf from '@tensorflow/tfjs';
import { BackendError, UsageError } from '../errors';
import { isNode } from '../files/node_builtins';
import { useWasmKernels } from '../kernels/backend/use_wasm_kernels';
import { kernelThreads } from '../kernels/kernel_threads';
import { logger } from '../logger';
import { BACKEND_NAMES, type BackendName } from './backend_name';
import { guardWasmMemory } from './guard_wasm_memory';
import { loadNativeTensorflow } from './native_tensorflow';
import { quietly } from './quietly';
import { loadWasmBackend, type WasmPaths } from './wasm_backend';

/** Options of {@link useBackend}. */
export interface UseBackendOptions {
  /**
   * Where the `.wasm` files of the wasm backend are: a folder or URL prefix, or the path of each. In Node they are
   * found by themselves; a web page must serve them.
   */
  readonly wasmPaths?: WasmPaths;
  /**
   * Threads that `predict`, and `fit` for large products, use on the backend wasm, that of the caller included; one for
   * each core by default, 16 at most. They need memory that threads share, which Node has, and a web page that is
   * isolated from others.
   */
  readonly threads?: number;
  /**
   * Whether `fit` and `forward` on the backend wasm use this package's SIMD kernels, true by default. They stand in for
   * some of tfjs' own (products of matrices, sums, transposes, lookups, copies) in everything that runs on that backend,
   * code that does not use this package included; `false` gives tfjs' own back.
   */
  readonly kernels?: boolean;
}

/** Without a name, backends are tried in this order. */
const PREFERENCES: Readonly<Record<'node' | 'browser', readonly BackendName[]>> = {
  node: ['tensorflow', 'wasm', 'cpu'],
  browser: ['webgl', 'wasm', 'cpu'],
};

/** One change of backend at a time: tfjs drops one that is still starting when another is asked for. */
let previous: Promise<unknown> = Promise.resolve();

/**
 * Chooses the tfjs backend that everything runs on from now; call it once before a model is made.
 *
 * Without a name the best that loads here is taken: in Node `tensorflow`, if tfjs-node-gpu is installed and was linked
 * by `npx tfjs-deberta native` (a link that npm has removed is made again), else `wasm`, which comes with this package
 * and compiles or downloads nothing, else `cpu`; in a browser `webgl`, else `wasm`, else `cpu`. `webgpu` is taken only
 * by name: import `@tensorflow/tfjs-backend-webgpu` before.
 *
 * Calling it again with the same name changes nothing but what the options say.
 *
 * @returns the name of the backend in use.
 * @throws {BackendError} when the backend does not load here, saying what is missing; the one in use stays in use.
 * @throws {UsageError} when there is no backend of that name, or `threads` is no whole number of at least 1.
 *
 * @example
 * await useBackend(); // 'wasm' where nothing else is installed
 * await useBackend('cpu');
 * await useBackend('wasm', { threads: 2 });
 */
export function useBackend(name?: BackendName, options: UseBackendOptions = {}): Promise<BackendName> {
  const chosen = previous.then(() => {
    if (options.threads !== undefined) setThreads(options.threads);
    return name === undefined ? useBest(options) : activate(name, options);
  });
  previous = chosen.catch(() => undefined);
  return chosen;
}

function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError(`threads must be a whole number of at least 1, received ${threads}.`, {
      path: 'threads',
      received: threads,
    });
  }
  kernelThreads.count = threads;
}

async function useBest(options: UseBackendOptions): Promise<BackendName> {
  const failures: BackendError[] = [];
  for (const name of PREFERENCES[isNode() ? 'node' : 'browser']) {
    try {
      return await activate(name, options);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      logger.debug(error.message);
      failures.push(error);
    }
  }
  throw new BackendError('No tfjs backend loads here, not even cpu; install @tensorflow/tfjs again.', {
    received: failures.map(({ message }) => message),
  });
}

async function activate(name: BackendName, options: UseBackendOptions): Promise<BackendName> {
  await quietly(async () => {
    await load(name, options);
    await select(name);
    if (name !== 'wasm') return;
    guardWasmMemory();
    useWasmKernels(options.kernels ?? true);
  });
  return name;
}

/** Makes the backend known to tfjs. */
async function load(name: BackendName, options: UseBackendOptions): Promise<void> {
  if (!BACKEND_NAMES.includes(name)) {
    throw new UsageError(`A backend must be one of ${BACKEND_NAMES.join(', ')}, received ${JSON.stringify(name)}.`, {
      expected: BACKEND_NAMES,
      received: name,
    });
  }
  if (name === 'tensorflow') await loadNativeTensorflow();
  if (name === 'wasm') await loadWasm(options);
  if (!tf.findBackendFactory(name)) throw doesNotStart(name);
}

async function loadWasm({ wasmPaths, kernels = true }: UseBackendOptions): Promise<void> {
  await loadWasmBackend(wasmPaths);
  // tfjs' own threads would do the products that our kernels do, eight of them idle, and a page that forbids threads made
  // from text would wait for them without end.
  if (kernels) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
}

async function select(name: BackendName): Promise<void> {
  const before: string | undefined = tf.getBackend();
  const started = await tf.setBackend(name);
  if (started && tf.getBackend() === name) return;
  // Otherwise tfjs keeps the name of the backend that failed, and may try it again at the next operation.
  if (name !== 'cpu') await tf.setBackend(before === undefined || before === name ? 'cpu' : before);
  throw doesNotStart(name);
}

const NEEDS: Readonly<Record<BackendName, string>> = {
  tensorflow: 'a native library that starts, and the one installed does not; run npx tfjs-deberta native',
  webgpu:
    'a browser with WebGPU and the package @tensorflow/tfjs-backend-webgpu imported before; import it, or use webgl or wasm',
  webgl: 'a browser with WebGL; use wasm here',
  wasm: 'WebAssembly and its .wasm files; serve them and say where by the option wasmPaths, or use cpu',
  cpu: 'a whole copy of @tensorflow/tfjs; install it again',
};

function doesNotStart(name: BackendName): BackendError {
  return new BackendError(`The backend ${name} does not start here: it needs ${NEEDS[name]}.`, {
    path: name,
    expected: NEEDS[name],
    received: tf.getBackend(),
  });
}
