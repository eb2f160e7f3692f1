import * as tf from '@tensorflow/tfjs';
import { BackendError, UsageError } from '../errors';
import { isNode, nodeBuiltin } from '../files/node_builtins';
import { encodeSavedModel } from './encode_saved_model';
import type { GraphDef } from './graph_def';

/** What a run takes and gives, by the names of tensors: `node` or `node:1`. */
export interface SessionSignature {
  readonly feeds: readonly string[];
  readonly outputs: readonly string[];
}

/** What we use of tfjs-node's backend: its public methods for SavedModels. */
interface SavedModelBackend {
  loadSavedModelMetaGraph(path: string, tags: string): number;
  runSavedModel(
    id: number,
    inputs: readonly tf.Tensor[],
    inputInfos: ReadonlyArray<{ readonly name: string }>,
    outputNames: readonly string[],
  ): tf.Tensor[];
  deleteSavedModel(id: number): void;
}

const METHODS = ['loadSavedModelMetaGraph', 'runSavedModel', 'deleteSavedModel'] as const;

/** Whether the backend in use runs TensorFlow graphs. */
export function supportsGraphSessions(): boolean {
  const backend: tf.KernelBackend & Partial<SavedModelBackend> = tf.backend();
  return isNode() && METHODS.every((method) => typeof backend[method] === 'function');
}

/**
 * A graph loaded into a TensorFlow session of tfjs-node.
 *
 * tfjs-node loads graphs from SavedModel folders only, so the graph takes a short way through a temporary one. Runs are
 * synchronous.
 *
 * @example
 * const session = GraphSession.load(graph, { feeds: ['x'], outputs: ['y'] });
 * const [y] = session.run([tf.tensor1d([1, 2])]);
 * session.dispose();
 */
export class GraphSession {
  readonly #backend: tf.KernelBackend & SavedModelBackend;
  readonly #id: number;
  readonly #signature: PreparedSignature;
  #isDisposed = false;

  private constructor(backend: tf.KernelBackend & SavedModelBackend, id: number, signature: SessionSignature) {
    this.#backend = backend;
    this.#id = id;
    this.#signature = prepare(signature);
  }

  /**
   * Loads a graph, whose variables, if any, have no values yet.
   *
   * @param signature what {@link run} feeds and fetches.
   * @throws {BackendError} when the backend in use runs no graphs, or TensorFlow refuses this one.
   */
  static load(graph: GraphDef, signature: SessionSignature): GraphSession {
    GraphSession.requireBackend();
    const backend = tf.backend() as tf.KernelBackend & SavedModelBackend;
    const bytes = encodeSavedModel(graph, {});
    const id = asBackendError('load', () =>
      inTemporaryFolder(bytes, (folder) => backend.loadSavedModelMetaGraph(folder, 'serve')),
    );
    return new GraphSession(backend, id, signature);
  }

  /** @throws {BackendError} when the backend in use runs no graphs. */
  static requireBackend(): void {
    if (!supportsGraphSessions()) throw wrongBackend();
  }

  /**
   * Runs the graph.
   *
   * @param tensors in the order of the feeds; they stay the caller's.
   * @returns the outputs, which are the caller's too, or those of the `tf.tidy` around it.
   * @throws {BackendError} when another backend is in use, or TensorFlow cannot run it; tfjs-node then never frees the
   *   memory of the tensors fed.
   * @throws {UsageError} after {@link dispose}.
   */
  run(tensors: readonly tf.Tensor[]): tf.Tensor[] {
    return this.#execute(tensors, this.#signature);
  }

  /** Runs another part of the graph and forgets its results: assigning variables. */
  runOnce(tensors: readonly tf.Tensor[], signature: SessionSignature): void {
    tf.dispose(this.#execute(tensors, prepare(signature)));
  }

  #execute(tensors: readonly tf.Tensor[], { infos, outputs }: PreparedSignature): tf.Tensor[] {
    if (this.#isDisposed) throw new UsageError('A graph session cannot run once it is disposed; load the graph again.');
    // tfjs would take the results for tensors of the backend in use.
    if (tf.backend() !== this.#backend) throw wrongBackend();
    return asBackendError('run', () => this.#backend.runSavedModel(this.#id, tensors, infos, outputs));
  }

  /** Ends the session; waits for a compilation that goes on in it. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#backend.deleteSavedModel(this.#id);
  }
}

/** A signature as the backend takes it. */
interface PreparedSignature {
  readonly infos: ReadonlyArray<{ readonly name: string }>;
  readonly outputs: readonly string[];
}

function prepare({ feeds, outputs }: SessionSignature): PreparedSignature {
  const indexed = (name: string) => (name.includes(':') ? name : `${name}:0`);
  return { infos: feeds.map((name) => ({ name: indexed(name) })), outputs: outputs.map(indexed) };
}

function wrongBackend(): BackendError {
  const backend = tf.getBackend();
  return new BackendError(
    `A graph runs on the backend tensorflow only, and ${backend} is in use; call useBackend('tensorflow') before.`,
    { path: backend, expected: 'tensorflow', received: backend },
  );
}

/** The folder is gone when this returns or throws. */
function inTemporaryFolder<T>(savedModel: Uint8Array, act: (folder: string) => T): T {
  const fs = nodeBuiltin('node:fs');
  const { join } = nodeBuiltin('node:path');
  const folder = fs.mkdtempSync(join(nodeBuiltin('node:os').tmpdir(), 'tfjs-deberta-graph-'));
  try {
    fs.writeFileSync(join(folder, 'saved_model.pb'), savedModel);
    return act(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function asBackendError<T>(what: 'load' | 'run', act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const message = firstSentence(cause instanceof Error ? cause.message : String(cause));
    throw new BackendError(
      `TensorFlow must ${what} the graph of this model and could not (${message}); report it with the model's config.json.`,
      { path: 'tensorflow', received: message, cause },
    );
  }
}

/** Without its full stop; TensorFlow goes on with lists of nodes and advice to those who build graphs. */
function firstSentence(text: string): string {
  return text.split(/\n|\. (?=[A-Z])/)[0]!.replace(/\.$/, '');
}
