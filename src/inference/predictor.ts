import * as tf from '@tensorflow/tfjs';
import { supportsGraphSessions } from '../graph/graph_session';
import { logger } from '../logger';
import type { Executor } from './executor';
import type { InferenceInputs } from './inference_inputs';
import { OpsExecutor } from './ops_executor';
import type { Program } from './program';
import { TensorflowExecutor } from './tensorflow_executor';
import type { WeightReader } from './weight_reader';

/** How a model computes its predictions on the backend in use. */
export interface InferenceInfo {
  /** `graph` on the backend `tensorflow`, `ops` elsewhere. */
  readonly executor: 'graph' | 'ops';
  /** Bytes of tensors held beside the model's weights; released by `dispose` of the model. */
  readonly heldBytes: number;
  /** Shapes `[B, S]` that run as one compiled program (XLA), the fastest way; at most 16. */
  readonly compiledShapes: ReadonlyArray<readonly [batch: number, length: number]>;
}

/** Runs a program with the executor that fits the backend in use, and falls back to plain operations. */
export class Predictor {
  readonly #program: Program;
  readonly #weights: WeightReader;
  readonly #executors = new Map<string, Executor>();

  constructor(program: Program, weights: WeightReader) {
    this.#program = program;
    this.#weights = weights;
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
    const isGraph = executor instanceof TensorflowExecutor;
    return {
      executor: isGraph ? 'graph' : 'ops',
      heldBytes: executor.heldBytes,
      compiledShapes: isGraph ? executor.compiledShapes : [],
    };
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
    const made = supportsGraphSessions()
      ? new TensorflowExecutor(this.#program, this.#weights, tensorflowOptions())
      : new OpsExecutor(this.#program, this.#weights);
    this.#executors.set(backend, made);
    return made;
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
