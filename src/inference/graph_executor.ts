import * as tf from '@tensorflow/tfjs';
import { GraphSession } from '../graph/graph_session';
import { RelativePositionRows } from '../ops/relative_position_rows';
import type { MaskKind } from './emit_program';
import type { Executor } from './executor';
import { buildInferenceGraph, type InferenceGraph, type InputFeed } from './inference_graph';
import type { InferenceInputs } from './inference_inputs';
import type { PositionTables } from './position_tables';
import type { Program } from './program';
import { isSameData } from './same_data';
import { waitForCompiler } from './wait_for_compiler';
import type { VariableAssignment, WeightSource } from './weight_nodes';
import type { WeightReader } from './weight_reader';

/** How a {@link GraphExecutor} runs. */
export interface GraphExecutorOptions {
  /** Whether TensorFlow compiles the program for each shape (XLA), or runs its nodes one by one. */
  readonly isCompiled: boolean;
  /**
   * `fed` hands the model's own tensors to every run, so that memory holds them once; `variables` copies them into the
   * session when they change, for a GPU, where feeding would move them every time.
   */
  readonly weights: 'fed' | 'variables';
}

/** A compilation that was started longer ago is done. */
const MOST_COMPILER_MS = 60_000;

/** A loaded graph. */
interface LoadedGraph {
  readonly inference: InferenceGraph;
  readonly session: GraphSession;
  /** Identity of the weights that were assigned last. */
  assigned: readonly tf.DataId[];
}

/** Runs a program as a graph in a session of TensorFlow, one session for each kind of attention mask and of rows. */
export class GraphExecutor implements Executor {
  readonly #program: Program;
  readonly #weights: WeightReader;
  readonly #options: GraphExecutorOptions;
  readonly #tables: PositionTables;
  readonly #rows: RelativePositionRows | undefined;
  readonly #loaded = new Map<string, LoadedGraph>();
  /** Shapes that the compiler was given, and when it was given the last of them. */
  readonly #compiling = new Set<string>();
  #compilingSince = Number.NEGATIVE_INFINITY;

  constructor(program: Program, weights: WeightReader, tables: PositionTables, options: GraphExecutorOptions) {
    this.#program = program;
    this.#weights = weights;
    this.#tables = tables;
    this.#options = options;
    this.#rows = program.relative && new RelativePositionRows(program.relative);
  }

  /** Of the variables in the sessions; the projected tables belong to who made this executor. */
  get heldBytes(): number {
    const held = [...this.#loaded.values()].filter(({ assigned }) => assigned.length > 0);
    return held
      .flatMap(({ inference }) => inference.weights)
      .reduce((sum, source) => sum + 4 * this.#read(source).size, 0);
  }

  /** @throws {BackendError} when TensorFlow cannot load or run the graph. */
  run(inputs: InferenceInputs): tf.Tensor[] {
    return tf.tidy(() => {
      this.#tables.refresh();
      const { isCompiled, weights: holding } = this.#options;
      const complete = isCompiled || holding === 'variables' ? withMask(inputs) : inputs;
      const loaded = this.#load(maskKindOf(complete), complete.rows !== undefined);
      if (isCompiled) this.#noteCompilation(complete);
      const feeds = loaded.inference.inputs.map((name) => this.#input(name, complete));
      const weights = loaded.inference.weights.map((source) => this.#read(source));
      if (loaded.inference.assignment === undefined) return loaded.session.run([...feeds, ...weights]);
      this.#assign(loaded, loaded.inference.assignment, weights);
      return loaded.session.run(feeds);
    });
  }

  /** Waits for a compilation that goes on. */
  dispose(): void {
    waitForCompiler(this.#compilingSince + MOST_COMPILER_MS);
    for (const { session } of this.#loaded.values()) session.dispose();
    this.#loaded.clear();
    this.#compiling.clear();
    this.#compilingSince = Number.NEGATIVE_INFINITY;
    this.#rows?.dispose();
  }

  #noteCompilation({ inputIds, attentionMask }: InferenceInputs): void {
    const shape = `${inputIds.shape} ${attentionMask?.shape}`;
    if (this.#compiling.has(shape)) return;
    this.#compiling.add(shape);
    this.#compilingSince = performance.now();
  }

  #load(maskKind: MaskKind, choosesRows: boolean): LoadedGraph {
    const kind = `${maskKind} ${choosesRows}`;
    const known = this.#loaded.get(kind);
    if (known !== undefined) return known;
    const shapeOf = (source: WeightSource) => this.#read(source).shape;
    const inference = buildInferenceGraph(this.#program, { ...this.#options, maskKind, choosesRows, shapeOf });
    const feeds = [...inference.inputs, ...(inference.assignment ? [] : inference.weights.map(({ name }) => name))];
    const session = GraphSession.load(inference.graph, { feeds, outputs: inference.outputs });
    const loaded: LoadedGraph = { inference, session, assigned: [] };
    this.#loaded.set(kind, loaded);
    return loaded;
  }

  #assign(loaded: LoadedGraph, { feeds, done }: VariableAssignment, weights: tf.Tensor[]): void {
    const ids = weights.map(({ dataId }) => dataId);
    if (isSameData(loaded.assigned, ids)) return;
    loaded.session.runOnce(weights, { feeds, outputs: [done] });
    loaded.assigned = ids;
  }

  #read(source: WeightSource): tf.Tensor {
    return source.kind === 'weight' ? this.#weights(source.name) : this.#tables.get(source.table);
  }

  #input(name: InputFeed, { inputIds, attentionMask, tokenTypeIds, rows }: InferenceInputs): tf.Tensor {
    switch (name) {
      case 'input_ids':
        return withType(inputIds, 'int32');
      case 'attention_mask':
        return withType(attentionMask!, 'float32');
      case 'token_type_ids':
        return tokenTypeIds === undefined ? tf.zeros(inputIds.shape, 'int32') : withType(tokenTypeIds, 'int32');
      case 'descending_rows':
        return this.#rows!.forLength(inputIds.shape[1]).descending;
      case 'ascending_rows':
        return this.#rows!.forLength(inputIds.shape[1]).ascending;
      case 'rows':
        return rows!;
    }
  }
}

/** tfjs-node runs a whole operation for a cast that changes nothing. */
function withType(tensor: tf.Tensor, dtype: 'int32' | 'float32'): tf.Tensor {
  return tensor.dtype === dtype ? tensor : tf.cast(tensor, dtype);
}

/**
 * Gives texts without padding the graph of texts with it: compiled, the mask costs next to nothing and its compilation
 * serves both; with variables, another session would hold another copy of the weights.
 */
function withMask(inputs: InferenceInputs): InferenceInputs {
  // Not onesLike: tfjs-node runs an operation for that.
  return { ...inputs, attentionMask: inputs.attentionMask ?? tf.ones(inputs.inputIds.shape) };
}

function maskKindOf({ attentionMask }: InferenceInputs): MaskKind {
  if (attentionMask === undefined) return 'none';
  return attentionMask.rank === 2 ? 'tokens' : 'pairs';
}
