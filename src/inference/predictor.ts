import * as tf from '@tensorflow/tfjs';
import { supportsGraphSessions } from '../graph/graph_session';
import type { Precision } from '../kernels/kernel_plan';
import { logger } from '../logger';
import { withoutUndefined } from '../without_undefined';
import type { Executor } from './executor';
import type { InferenceInputs } from './inference_inputs';
import { OpsExecutor } from './ops_executor';
import type { Program } from './program';
import { type KernelInfo, SimdExecutor } from './simd_executor';
import { TensorflowExecutor } from './tensorflow_executor';
import type { WeightReader } from './weight_reader';

/** How a model computes its predictions on the backend in use. */
export interface InferenceInfo {
  /** `graph` on the backend `tensorflow`, `simd` on `wasm`, `ops` elsewhere. */
  readonly executor: 'graph' | 'simd' | 'ops';
  /** Bytes of tensors held beside the model's weights; released by `dispose` of the model. */
  readonly heldBytes: number;
  /** Shapes `[B, S]` that run as one compiled program (XLA), the fastest way; at most 16. */
  readonly compiledShapes: ReadonlyArray<readonly [batch: number, length: number]>;
  /** What the executor `simd` runs. */
  readonly kernels?: KernelInfo;
}

/** How a {@link Predictor} works. */
export interface PredictorOptions {
  /** See {@link SimdExecutorOptions}. */
  readonly precision?: Precision | undefined;
}

/** Runs a program with the executor that fits the backend in use, and falls back to plain operations. */
export class Predictor {
  readonly #program: Program;
  readonly #weights: WeightReader;
  readonly #options: PredictorOptions;
  readonly #executors = new Map<string, Executor>();

  constructor(program: Program, weights: WeightReader, options: PredictorOptions = {}) {
    this.#program = program;
    this.#weights = weights;
    this.#options = options;
  }

  /** The outputs, in the order of the program's names; texts of a choice each by itself. */
  run(inputs: InferenceInputs): tf.Tensor[] {
    const executor = this.#executor;
    if (!(executor instanceof TensorflowExecutor)) return executor.run(inputs);
    try {
      return executor.run(inputs);
    } catch (error) {
      return this.#replace(executor, error).run(inputs);
    }
  }

  /** As {@link run}; on `wasm` by other threads, while the caller's goes on. */
  async runAsync(inputs: InferenceInputs): Promise<tf.Tensor[]> {
    const executor = this.#executor;
    return executor instanceof SimdExecutor ? executor.runAsync(inputs) : this.run(inputs);
  }

  /** See `warmUp` of the model. */
  async warmUp(shapes: ReadonlyArray<readonly [batch: number, length: number]>): Promise<void> {
    const executor = this.#executor;
    if (!(executor instanceof TensorflowExecutor)) return;
    try {
      await executor.warmUp(shapes);
    } catch (error) {
      this.#replace(executor, error);
    }
  }

  get info(): InferenceInfo {
    const executor = this.#executor;
    const { heldBytes } = executor;
    if (executor instanceof TensorflowExecutor) {
      return { executor: 'graph', heldBytes, compiledShapes: executor.compiledShapes };
    }
    if (executor instanceof SimdExecutor) {
      return { executor: 'simd', heldBytes, compiledShapes: [], kernels: executor.info };
    }
    return { executor: 'ops', heldBytes, compiledShapes: [] };
  }

  dispose(): void {
    for (const executor of this.#executors.values()) executor.dispose();
    this.#executors.clear();
  }

  /** Tensors belong to a backend, and so does what an executor holds. */
  get #executor(): Executor {
    const backend = tf.getBackend();
    const known = this.#executors.get(backend);
    if (known !== undefined) return known;
    const made = this.#make(backend);
    this.#executors.set(backend, made);
    return made;
  }

  #make(backend: string): Executor {
    if (supportsGraphSessions()) return new TensorflowExecutor(this.#program, this.#weights, tensorflowOptions());
    if (backend === 'wasm' && SimdExecutor.isSupported) {
      return new SimdExecutor(this.#program, this.#weights, withoutUndefined({ precision: this.#options.precision }));
    }
    return new OpsExecutor(this.#program, this.#weights);
  }

  #replace(failed: Executor, error: unknown): Executor {
    logger.warn(
      `predict goes on by single operations, which is slower, since TensorFlow could not run the model as one graph: ${error instanceof Error ? error.message : String(error)}`,
    );
    failed.dispose();
    const ops = new OpsExecutor(this.#program, this.#weights);
    this.#executors.set(tf.getBackend(), ops);
    return ops;
  }
}

function tensorflowOptions(): ConstructorParameters<typeof TensorflowExecutor>[2] {
  const { isUsingGpuDevice = false } = tf.backend() as { isUsingGpuDevice?: boolean };
  // Compiling in the background is a setting that TensorFlow reads once, when it is loaded; without it callers wait.
  const isAsynchronous = process.env.TF_XLA_FLAGS?.includes('--tf_xla_async_compilation=true') ?? false;
  return { weights: isUsingGpuDevice ? 'variables' : 'fed', compiles: isAsynchronous && !isUsingGpuDevice };
}
