import type { BackendName } from '../../src/index';
import type { ParticipantSpec } from './participant';

/** Name of this package on `tensorflow`, as it is by default. */
export const COMPILED = 'tensorflow, compiled';

/** This package on `tensorflow` or `cpu`; `plain` keeps TensorFlow from compiling. */
export function tfjs(backend: BackendName, threads: number, mode: 'compiles' | 'plain' = 'compiles'): ParticipantSpec {
  const names = { compiles: COMPILED, plain: 'tensorflow, plain graph' };
  return {
    name: backend === 'tensorflow' ? names[mode] : backend,
    file: 'tfjs_participant.ts',
    arguments: [backend, String(threads)],
    environment: {
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_NUM_INTEROP_THREADS: String(threads),
      ...(mode === 'plain' && { TF_XLA_FLAGS: '--tf_xla_async_compilation=false' }),
    },
  };
}

/** Ways in which this package computes on `wasm`, by what they add to its name. */
const WASM_MODES = {
  '': [],
  ', int8': ['int8'],
  ', relaxed SIMD': ['float32', 'relaxed'],
} as const;

/** How far outputs of weights with 8 bits are from those of float32, at most; weights here are random. */
export const INT8_TOLERANCE = 0.5;

/** This package on `wasm`. */
export function wasm(threads: number, mode: keyof typeof WASM_MODES = ''): ParticipantSpec {
  return {
    name: `wasm${mode}`,
    file: 'tfjs_participant.ts',
    arguments: ['wasm', String(threads), ...WASM_MODES[mode]],
    environment: {},
    ...(mode === ', int8' && { tolerance: INT8_TOLERANCE }),
  };
}

/** ONNX Runtime in one of its npm packages, on the graph that the reference exports. */
export function onnxruntime(kind: 'node' | 'web', threads: number): ParticipantSpec {
  const name = `onnxruntime-${kind}`;
  return { name, file: 'onnx_participant.ts', arguments: [name, String(threads)], environment: {} };
}

/** Its pipeline runs the same graph on onnxruntime-node. */
export function transformersJs(threads: number): ParticipantSpec {
  return {
    name: 'transformers.js',
    file: 'transformers_participant.ts',
    arguments: [String(threads)],
    environment: {},
  };
}

/** The reference in Python. */
export function python(framework: 'pytorch' | 'tensorflow', threads: number, path: string): ParticipantSpec {
  return {
    name: { pytorch: 'PyTorch, eager', tensorflow: 'HF TensorFlow, tf.function' }[framework],
    file: 'python_participant.py',
    arguments: [framework, String(threads)],
    environment: { OMP_NUM_THREADS: String(threads) },
    python: path,
  };
}
