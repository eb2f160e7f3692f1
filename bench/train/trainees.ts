import { join } from 'node:path';
import type { BackendName } from '../../src/index';
import type { LineProgram } from '../line_process';

/** This package on a backend: a step as one graph where there are graphs, operation by operation, or recomputing. */
export function tfjs(backend: BackendName, threads: number, form?: 'eager' | 'checkpointing'): LineProgram {
  const names = { eager: `${backend}, eager`, checkpointing: `${backend}, gradient checkpointing` };
  return {
    name: form === undefined ? backend : names[form],
    path: join(__dirname, 'tfjs_trainee.ts'),
    arguments: [backend, ...(form === undefined ? [] : [form])],
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
