import type { BackendName } from '../../src/index';
import type { ParticipantSpec } from './participant';

/** Who takes part, and with how many threads. */
export interface Field {
  readonly backends: readonly BackendName[];
  /** Threads of every participant that has a choice. */
  readonly threads: number;
  /** A Python with the reference; without one it does not take part. */
  readonly python?: string | undefined;
}

/** Name of this package on `tensorflow`, as it is by default. */
export const COMPILED = 'tensorflow, compiled';

/** This package on a backend; `plain` keeps TensorFlow from compiling. */
export function tfjs(backend: BackendName, threads: number, mode: 'compiles' | 'plain' = 'compiles'): ParticipantSpec {
  const names = { compiles: COMPILED, plain: 'tensorflow, plain graph' };
  return {
    name: backend === 'tensorflow' ? names[mode] : backend,
    file: 'tfjs_participant.ts',
    arguments: [backend],
    environment: {
      TF_NUM_INTRAOP_THREADS: String(threads),
      TF_NUM_INTEROP_THREADS: String(threads),
      ...(mode === 'plain' && { TF_XLA_FLAGS: '--tf_xla_async_compilation=false' }),
    },
  };
}

/** The one that all others are compared with. */
export function onnxruntime(threads: number): ParticipantSpec {
  return { name: 'onnxruntime-node', file: 'onnx_participant.ts', arguments: [String(threads)], environment: {} };
}

function reference(name: string, framework: 'pytorch' | 'tensorflow', threads: number, python: string) {
  return {
    name,
    file: 'python_participant.py',
    arguments: [framework, String(threads)],
    environment: { OMP_NUM_THREADS: String(threads) },
    python,
  };
}

/** All participants, onnxruntime-node first. */
export function participantsOf({ backends, threads, python }: Field): ParticipantSpec[] {
  const ours = backends.flatMap((backend) =>
    backend === 'tensorflow'
      ? [tfjs(backend, threads, 'compiles'), tfjs(backend, threads, 'plain')]
      : [tfjs(backend, threads)],
  );
  const peers =
    python === undefined
      ? []
      : [
          reference('PyTorch, eager', 'pytorch', threads, python),
          reference('HF TensorFlow, tf.function', 'tensorflow', threads, python),
        ];
  return [onnxruntime(threads), ...ours, ...peers];
}
