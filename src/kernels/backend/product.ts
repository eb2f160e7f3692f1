import * as tf from '@tensorflow/tfjs';
import { inPanels } from '../panels';
import { broadcastIndices } from './broadcast_indices';
import { sizeOf } from './wasm_heap';

/** Sizes of a product, and of which matrices it is. */
export interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly isATransposed: boolean;
  readonly isBTransposed: boolean;
  readonly shape: readonly number[];
  /** For each matrix of the result the one of `a` and the one of `b`. */
  readonly pairs: ReadonlyArray<readonly [a: number, b: number]>;
}

/** What a product takes; undefined where the operands do not fit each other, or are empty: tfjs sees to those. */
export function planProduct(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  isATransposed: boolean,
  isBTransposed: boolean,
): Product | undefined {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const [left, right] = [matrixOf(a.shape, isATransposed), matrixOf(b.shape, isBTransposed)];
  if (left.columns !== right.rows || sizeOf(a.shape) === 0 || sizeOf(b.shape) === 0) return undefined;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(left.outer, right.outer);
  const sizes = { inner: left.columns, columns: right.columns, isATransposed, isBTransposed };
  const shape = [...outer, left.rows, right.columns];
  // One matrix for all rows: a single product.
  if (sizeOf(right.outer) === 1 && !isATransposed) {
    return { ...sizes, rows: sizeOf(outer) * left.rows, shape, pairs: [[0, 0]] };
  }
  const ofB = broadcastIndices(right.outer, outer);
  const pairs = broadcastIndices(left.outer, outer).map((index, at) => [index, ofB[at]!] as const);
  return { ...sizes, rows: left.rows, shape, pairs };
}

function matrixOf(shape: readonly number[], isTransposed: boolean): { outer: number[]; rows: number; columns: number } {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const outer = shape.slice(0, -2);
  return isTransposed ? { outer, rows: columns, columns: rows } : { outer, rows, columns };
}

/** Bytes of a right-hand matrix in panels. */
export function panelBytes({ inner, columns }: Product): number {
  return 4 * inner * inPanels(columns);
}
