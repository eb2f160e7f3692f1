import { join } from 'node:path';
import type { BackendName } from '../../src/index';
import type { LineProgram } from '../line_process';

/** Forms of a step, by what they are called. */
const FORMS = {
  eager: 'eager',
  checkpointing: 'gradient checkpointing',
  stock: 'operations of tfjs',
  unfused: 'kernels of tfjs',
} as const;

/**
 * This package on a backend: a step as one graph where there are graphs, operation by operation, or recomputing; on
 * `wasm`, with its own kernels, with those that tfjs has (`unfused`), or with these and `tf.matMul` as it is (`stock`).
 */
export function tfjs(backend: BackendName, threads: number, form?: keyof typeof FORMS): LineProgram {
  return {
    name: form === undefined ? backend : `${backend}, ${FORMS[form]}`,
    path: join(__dirname, form === 'stock' ? 'stock_trainee.ts' : 'tfjs_trainee.ts'),
    arguments: [backend, String(threads), ...(form === undefined ? [] : [form])],
    environment: { TF_NUM_INTRAOP_THREADS: String(threads), TF_NUM_INTEROP_THREADS: String(threads) },
  };
}

/** The reference. */
export function pytorch(python: string, threads: number): LineProgram {
  return {
    name: 'PyTorch, eager',
    path: join(__dirname, 'torch_trainee.py'),
    arguments: [String(threads)],
    environment: { OMP_NUM_THREADS: String(threads), USE_TORCH: '1', USE_TF: '0' },
    python,
  };
}
