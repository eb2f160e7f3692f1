import * as tf from '@tensorflow/tfjs';
import { atExit } from '../files/at_exit';
import { logger } from '../logger';
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
  readonly #backend = tf.getBackend();
  /** How often this has been disposed: what was begun before is not gone on with. */
  #disposals = 0;
  #callOffExit: (() => void) | undefined;

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
    return this.#policy.compiledShapes.map(parseShape);
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
   * Resolves when each of them has the faster of the two graphs; early when this is disposed or the backend changed.
   */
  async warmUp(shapes: ReadonlyArray<readonly [batch: number, length: number]>): Promise<void> {
    const disposals = this.#disposals;
    for (const [batch, length] of shapes) {
      const shape = formatShape(batch, length);
      // The first call of a shape is slower than the others.
      for (let call = 0; call < 3; call++) this.#dryRun(shape, 'plain');
      if (this.#compiled === undefined) continue;
      for (let wait = this.#policy.stepIn(shape); wait !== undefined; wait = this.#policy.stepIn(shape)) {
        await new Promise((resolve) => setTimeout(resolve, wait));
        if (this.#disposals !== disposals || tf.getBackend() !== this.#backend) return;
        this.#dryRun(shape, 'compiled');
      }
    }
  }

  #runTimed(shape: string, choice: GraphChoice, inputs: InferenceInputs): tf.Tensor[] {
    // The compiler's threads must not outlive the process's own objects: TensorFlow would crash on the way out.
    if (choice === 'compiled') this.#callOffExit ??= atExit(() => this.#compiled?.dispose());
    const start = performance.now();
    const results = (choice === 'compiled' ? this.#compiled! : this.#plain).run(inputs);
    this.#policy.report(shape, choice, performance.now() - start);
    return results;
  }

  /** Runs a shape on no text in particular. */
  #dryRun(shape: string, choice: GraphChoice): void {
    const [batch, length] = parseShape(shape);
    // Nothing is returned, since tidy would keep it.
    tf.tidy(() => {
      this.#runTimed(shape, choice, { inputIds: tf.zeros([batch, length], 'int32') });
    });
  }

  #planIdleStep(): void {
    if (this.#idleTimer !== undefined || this.#policy.idleStep() === undefined) return;
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined;
      this.#idleStep();
    }, IDLE_MS);
    this.#idleTimer.unref();
  }

  #idleStep(): void {
    const shape = this.#policy.idleStep();
    if (shape === undefined || tf.getBackend() !== this.#backend) return;
    try {
      this.#dryRun(shape, 'compiled');
    } catch (error) {
      // Nobody called, so nobody can be told by an error: the next call meets the same one, or has no need to.
      logger.debug(`A graph could not be compiled while nothing else was to do: ${error}`);
      return;
    }
    this.#planIdleStep();
  }

  dispose(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    this.#disposals++;
    this.#callOffExit?.();
    this.#callOffExit = undefined;
    this.#plain.dispose();
    this.#compiled?.dispose();
    this.#tables.dispose();
    this.#policy.reset();
  }
}

function formatShape(batch: number, length: number): string {
  return `${batch}x${length}`;
}

function parseShape(shape: string): [batch: number, length: number] {
  const [batch = 0, length = 0] = shape.split('x').map(Number);
  return [batch, length];
}

/** Masks of pairs are rare, and chosen rows of another number each time; both are not compiled: undefined. */
function shapeOf({ inputIds, attentionMask, rows }: InferenceInputs): string | undefined {
  const isPairs = attentionMask !== undefined && attentionMask.rank > 2;
  return isPairs || rows !== undefined ? undefined : formatShape(...inputIds.shape);
}
