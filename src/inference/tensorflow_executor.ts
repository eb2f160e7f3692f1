import * as tf from '@tensorflow/tfjs';
import { CompilePolicy, type GraphChoice } from './compile_policy';
import type { Executor } from './executor';
import { GraphExecutor } from './graph_executor';
import type { InferenceInputs } from './inference_inputs';
import { PositionTables } from './position_tables';
import type { Program } from './program';
import type { WeightReader } from './weight_reader';

/** How a {@link TensorflowExecutor} works. */
export interface TensorflowExecutorOptions {
  /** See {@link GraphExecutor}; `variables` by default on a GPU. */
  readonly weights: 'fed' | 'variables';
  /** Whether shapes that recur are compiled. */
  readonly compiles: boolean;
}

/** Shapes compiled at most; each takes some 15 to 45 MB. */
const MOST_COMPILED_SHAPES = 16;
/** Wait before a step of a compilation outside of a call. */
const IDLE_MS = 20;

/**
 * Runs a program on the backend `tensorflow`: the plain graph at once, the compiled one for shapes that recur.
 *
 * {@link CompilePolicy} says when.
 */
export class TensorflowExecutor implements Executor {
  readonly #tables: PositionTables;
  readonly #plain: GraphExecutor;
  readonly #compiled: GraphExecutor | undefined;
  readonly #policy = new CompilePolicy(MOST_COMPILED_SHAPES);
  #idleTimer: NodeJS.Timeout | undefined;
  /** The compiler's threads must not outlive the process's own objects: TensorFlow would crash on the way out. */
  readonly #atExit = () => this.#compiled?.dispose();
  #listensToExit = false;

  constructor(program: Program, weights: WeightReader, { weights: holding, compiles }: TensorflowExecutorOptions) {
    this.#tables = new PositionTables(program, weights);
    const graph = (isCompiled: boolean) =>
      new GraphExecutor(program, weights, this.#tables, { isCompiled, weights: holding });
    this.#plain = graph(false);
    this.#compiled = compiles ? graph(true) : undefined;
  }

  get heldBytes(): number {
    return this.#tables.bytes + this.#plain.heldBytes + (this.#compiled?.heldBytes ?? 0);
  }

  /** Batch and length of the shapes that the compiled graph answers. */
  get compiledShapes(): Array<readonly [batch: number, length: number]> {
    return this.#policy.compiledShapes.map((shape) => {
      const { batch, length } = parseShape(shape);
      return [batch, length];
    });
  }

  run(inputs: InferenceInputs): tf.Tensor[] {
    const shape = this.#compiled && shapeOf(inputs);
    if (shape === undefined) return this.#plain.run(inputs);
    const results = this.#runTimed(shape, this.#policy.choose(shape), inputs);
    this.#planIdleStep();
    return results;
  }

  /**
   * Compiles shapes ahead, so that their first call is as fast as all others.
   *
   * Resolves when each of them has the faster of the two graphs.
   */
  async warmUp(shapes: ReadonlyArray<readonly [batch: number, length: number]>): Promise<void> {
    for (const [batch, length] of shapes) {
      const shape = formatShape({ batch, length, isPadded: false });
      // The first call of a shape is slower than the others.
      this.#dryRun(shape, 'plain');
      this.#dryRun(shape, 'plain');
      if (this.#compiled === undefined) continue;
      for (let wait = this.#policy.stepIn(shape); wait !== undefined; wait = this.#policy.stepIn(shape)) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        this.#dryRun(shape, 'compiled');
      }
    }
  }

  #runTimed(shape: string, choice: GraphChoice, inputs: InferenceInputs): tf.Tensor[] {
    if (choice === 'compiled') this.#listenToExit();
    const start = performance.now();
    const results = (choice === 'compiled' ? this.#compiled! : this.#plain).run(inputs);
    this.#policy.report(shape, choice, performance.now() - start);
    return results;
  }

  /** Runs a shape on no text in particular. */
  #dryRun(shape: string, choice: GraphChoice): void {
    const { batch, length, isPadded } = parseShape(shape);
    tf.tidy(() => {
      const inputIds = tf.zeros([batch, length], 'int32') as tf.Tensor2D;
      this.#runTimed(shape, choice, isPadded ? { inputIds, attentionMask: tf.onesLike(inputIds) } : { inputIds });
    });
  }

  #planIdleStep(): void {
    if (this.#idleTimer !== undefined || this.#policy.idleStep() === undefined) return;
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined;
      const shape = this.#policy.idleStep();
      if (shape === undefined) return;
      this.#dryRun(shape, 'compiled');
      this.#planIdleStep();
    }, IDLE_MS);
    this.#idleTimer.unref();
  }

  #listenToExit(): void {
    if (this.#listensToExit) return;
    process.on('exit', this.#atExit);
    this.#listensToExit = true;
  }

  dispose(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    if (this.#listensToExit) process.off('exit', this.#atExit);
    this.#listensToExit = false;
    this.#plain.dispose();
    this.#compiled?.dispose();
    this.#tables.dispose();
    this.#policy.reset();
  }
}

/** A shape as the policy knows it. */
interface PolicyShape {
  readonly batch: number;
  readonly length: number;
  /** Whether the texts have padding. */
  readonly isPadded: boolean;
}

function formatShape({ batch, length, isPadded }: PolicyShape): string {
  return JSON.stringify([batch, length, isPadded]);
}

function parseShape(shape: string): PolicyShape {
  const [batch, length, isPadded] = JSON.parse(shape) as [number, number, boolean];
  return { batch, length, isPadded };
}

/** Masks of pairs are rare, and not compiled: undefined. */
function shapeOf({ inputIds, attentionMask }: InferenceInputs): string | undefined {
  if (attentionMask !== undefined && attentionMask.rank > 2) return undefined;
  const [batch, length] = inputIds.shape;
  return formatShape({ batch, length, isPadded: attentionMask !== undefined });
}
