import * as tf from '@tensorflow/tfjs';
import { isNode, nodeBuiltin } from '../files/node_builtins';
import { bestBuild, isThreaded, type KernelBuild } from '../kernels/kernel_build';
import { kernelThreads } from '../kernels/kernel_threads';
import { BACKEND_NAMES, type BackendName } from './backend_name';
import { packageVersion } from './package_version';
import { quietly } from './quietly';
import { reportTensorflow, type TensorflowReport } from './tensorflow_report';
import { useBackend } from './use_backend';
import { loadWasmBackend } from './wasm_backend';

/** A backend that loads here. */
export interface WorkingBackend {
  readonly name: BackendName;
  readonly loads: true;
  /** Of the package it comes with, and of what it runs on where that can be asked. */
  readonly version: string;
  /** The product of two small matrices, row by row, as computed and as it must be. */
  readonly product: {
    readonly expected: readonly number[];
    readonly received: readonly number[];
    readonly isRight: boolean;
    /** From making the tensors to having the values. */
    readonly milliseconds: number;
  };
}

/** A backend that does not load here, and why. */
export interface MissingBackend {
  readonly name: BackendName;
  readonly loads: false;
  readonly reason: string;
}

/** What {@link diagnose} found. */
export interface DoctorReport {
  /** Version of this package. */
  readonly version: string;
  readonly tfjs: string;
  /** Version of Node; null in a browser. */
  readonly node: string | null;
  readonly platform: string;
  /** Number of processors this process may use. */
  readonly cores: number;
  /** Null in a browser. */
  readonly memoryBytes: number | null;
  readonly freeMemoryBytes: number | null;
  /** What `useBackend()` takes here. */
  readonly best: BackendName;
  readonly backends: readonly (WorkingBackend | MissingBackend)[];
  /** The SIMD kernels that `predict` runs on the backend wasm; null where the engine has no SIMD. */
  readonly kernels: { readonly build: KernelBuild; readonly threads: number } | null;
  /** What `tensorflow` runs on here, or would; null in a browser. */
  readonly tensorflow: TensorflowReport | null;
}

const LEFT = [
  [1, 2],
  [3, 4],
];
const RIGHT = [
  [5, 6],
  [7, 8],
];
const PRODUCT = [19, 22, 43, 50];

/**
 * Tries every backend and says which load here, and why others do not.
 *
 * The backend in use is another one for moments, so compute nothing meanwhile; afterwards it is what it was.
 *
 * @example
 * const { best, backends } = await diagnose();
 * backends.find(({ name }) => name === 'tensorflow'); // { name: 'tensorflow', loads: false, reason: '…' }
 */
export async function diagnose(): Promise<DoctorReport> {
  const before: string | undefined = tf.getBackend();
  const backends: (WorkingBackend | MissingBackend)[] = [];
  for (const name of BACKEND_NAMES) backends.push(await examine(name));
  const best = await useBackend();
  if (before !== undefined && before !== best) await tf.setBackend(before);
  const tensorflow = isNode() ? await reportTensorflow() : null;
  return {
    version: packageVersion,
    tfjs: tf.version.tfjs,
    ...describeMachine(),
    best,
    backends,
    kernels: describeKernels(),
    tensorflow,
  };
}

function describeKernels(): DoctorReport['kernels'] {
  const { count } = kernelThreads;
  const build = bestBuild({ threads: count });
  return build === undefined ? null : { build, threads: isThreaded(build) ? count : 1 };
}

async function examine(name: BackendName): Promise<WorkingBackend | MissingBackend> {
  try {
    await useBackend(name);
    const product = await quietly(multiply);
    return { name, loads: true, version: await versionOf(name), product };
  } catch (error) {
    return { name, loads: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function multiply(): Promise<WorkingBackend['product']> {
  const start = performance.now();
  const tensor = tf.tidy(() => tf.matMul(tf.tensor2d(LEFT), tf.tensor2d(RIGHT)));
  const received = Array.from(await tensor.data());
  const milliseconds = performance.now() - start;
  tensor.dispose();
  return { expected: PRODUCT, received, isRight: PRODUCT.every((value, i) => value === received[i]), milliseconds };
}

async function versionOf(name: BackendName): Promise<string> {
  if (name === 'wasm') return (await loadWasmBackend()).version_wasm;
  if (name === 'tensorflow') return describeTensorflow();
  return (tf.version as Readonly<Record<string, string>>)[`tfjs-backend-${name}`] ?? tf.version.tfjs;
}

/** tfjs-node's backend says more than tfjs knows of backends in general. */
function describeTensorflow(): string {
  const { binding, isUsingGpuDevice } = tf.backend() as {
    readonly binding?: { readonly TF_Version?: string };
    readonly isUsingGpuDevice?: boolean;
  };
  return `TensorFlow ${binding?.TF_Version ?? 'of unknown version'} on ${isUsingGpuDevice ? 'GPU' : 'CPU'}`;
}

function describeMachine(): Pick<DoctorReport, 'node' | 'platform' | 'cores' | 'memoryBytes' | 'freeMemoryBytes'> {
  if (!isNode()) {
    const { userAgent, hardwareConcurrency } = navigator;
    return { node: null, platform: userAgent, cores: hardwareConcurrency, memoryBytes: null, freeMemoryBytes: null };
  }
  const os = nodeBuiltin('node:os');
  return {
    node: process.versions.node,
    platform: `${os.type()} ${os.release()} ${os.arch()}`,
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    freeMemoryBytes: os.freemem(),
  };
}
