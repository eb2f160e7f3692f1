import type * as tf from '@tensorflow/tfjs';
import { BoundedCache } from '../bounded_cache';
import { GraphSession } from './graph_session';
import { type TraceInputs, traceGraph } from './trace_graph';

/** A function that runs as one TensorFlow graph; `dispose` ends its sessions. */
export interface GraphFunction {
  (...inputs: tf.Tensor[]): tf.Tensor[];
  dispose(): void;
}

/** Graphs of a function kept at a time, one for each combination of shapes. */
const KEPT_GRAPHS = 32;

/**
 * Makes one TensorFlow graph of a function of tensors: the `tf.function` of tfjs-node.
 *
 * The first call with new shapes records what the function does (nothing is computed), later ones run the graph, without
 * JavaScript between its operations. Gradients may be part of it. Tensors that the function takes from elsewhere are
 * constants: hand in weights as inputs.
 *
 * @param fn must not read values of tensors back, nor draw random numbers in JavaScript.
 * @throws {BackendError} when called on another backend than `tensorflow`, or for what cannot be recorded.
 *
 * @example
 * const step = graphFunction((x, w) => [tf.matMul(x, w), ...tf.grads((a, b) => tf.sum(tf.matMul(a, b)))([x, w])]);
 * const [product, dx, dw] = step(x, w);
 */
export function graphFunction(fn: (...inputs: tf.Tensor[]) => readonly tf.Tensor[]): GraphFunction {
  const sessions = new BoundedCache<string, GraphSession>(KEPT_GRAPHS, (session) => session.dispose());
  const run = (...inputs: tf.Tensor[]) => {
    const key = inputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(' ');
    return sessions
      .get(key, () => recordSession((trace) => fn(...inputs.map((input) => trace.feed(input)))))
      .run(inputs);
  };
  return Object.assign(run, { dispose: () => sessions.clear() });
}

/** Records a function, see `traceGraph`, and loads it for running. */
export function recordSession(fn: (inputs: TraceInputs) => readonly tf.Tensor[]): GraphSession {
  GraphSession.requireBackend();
  const { graph, feeds, outputs } = traceGraph(fn);
  return GraphSession.load(graph, { feeds, outputs });
}
