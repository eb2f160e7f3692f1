import type * as tf from '@tensorflow/tfjs';
import { ScopedValue } from './scoped_value';

/** Gives a tensor equal to `x` that is there only once `trigger` is. */
export type RunAfter = <T extends tf.Tensor>(x: T, trigger: tf.Tensor) => T;

const runAfterInGraph = new ScopedValue<RunAfter>();

/** Runs something while {@link runAfter} means something: while a graph is recorded, which has no order of its own. */
export function withRunAfter<T>(inGraph: RunAfter, run: () => T): T {
  return runAfterInGraph.during(inGraph, run);
}

/**
 * Has what is computed from `x` wait for `trigger`.
 *
 * Operations run in the order they are called. In a graph they run as soon as they can, and equal ones only once: what is
 * to be computed a second time, later, would be taken from the first time instead, and its memory kept.
 */
export function runAfter<T extends tf.Tensor>(x: T, trigger: tf.Tensor): T {
  return runAfterInGraph.current?.(x, trigger) ?? x;
}
