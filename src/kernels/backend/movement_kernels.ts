import * as tf from '@tensorflow/tfjs';
import { sizeOf, type WasmHeap } from './wasm_heap';
import type { KernelCall, WasmKernel } from './wasm_kernel';

/** Kernels that only move numbers, where tfjs' own are slow. */
export const movementKernels: readonly WasmKernel[] = [
  {
    // tfjs copies all the numbers, also for each tensor that is kept for a gradient.
    name: tf.Identity,
    run({ heap, inputs: { x } }) {
      if (x === undefined || x.dtype === 'string') return undefined;
      heap.backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  },
  { name: tf.Transpose, run: transpose },
  { name: tf.GatherV2, run: gather },
  { name: tf.ScatterNd, run: scatter },
];

/** Axes in a new order, where rows stay whole or the last axes of matrices change places. */
function transpose({ heap, inputs, attrs }: KernelCall): tf.TensorInfo | undefined {
  const x = inputs.x!;
  if (!hasFourBytes(x)) return undefined;
  const perm = attrs.perm as readonly number[];
  const { sizes, order } = mergeAxes(x.shape, perm);
  const shapes = [perm.map((axis) => x.shape[axis]!)];
  const { kernels } = heap;
  const last = sizes.length - 1;
  if (swapsLast(order)) {
    const [rows, columns] = sizes.slice(-2) as [number, number];
    const matrices = sizeOf(sizes.slice(0, -2));
    return heap.compute({ shapes, dtype: x.dtype }, ([y]) =>
      kernels.transposeMatrices(heap.address(x), y!, matrices, rows, columns),
    )[0];
  }
  if (order[last] !== last || last < 2 || last > 3) return undefined;
  const outer = order.slice(0, -1);
  const ones = Array<number>(3 - outer.length).fill(1);
  const outerSizes = [...ones, ...outer.map((axis) => sizes[axis]!)] as Triple;
  const outerStrides = [...ones, ...outer.map((axis) => sizeOf(sizes.slice(axis + 1)))] as Triple;
  return heap.compute({ shapes, dtype: x.dtype }, ([y]) =>
    kernels.permuteRows(heap.address(x), y!, ...outerSizes, ...outerStrides, sizes[last]!),
  )[0];
}

type Triple = [first: number, second: number, third: number];

function swapsLast(order: readonly number[]): boolean {
  const last = order.length - 1;
  const swapped = order.map((_, axis) => (axis === last ? last - 1 : axis === last - 1 ? last : axis));
  return last >= 1 && order.every((axis, at) => axis === swapped[at]);
}

/** The same permutation of fewer axes: those of size 1 left out, those that stay side by side as one. */
function mergeAxes(shape: readonly number[], perm: readonly number[]): { sizes: number[]; order: number[] } {
  const groups: number[][] = [];
  let previous: number | undefined;
  for (const axis of perm.filter((candidate) => shape[candidate] !== 1)) {
    const isNext = previous !== undefined && nextAxis(shape, previous) === axis;
    if (isNext) groups.at(-1)!.push(axis);
    else groups.push([axis]);
    previous = axis;
  }
  const inPlace = [...groups].sort(([a], [b]) => a! - b!);
  return {
    sizes: inPlace.map((group) => sizeOf(group.map((axis) => shape[axis]!))),
    order: groups.map((group) => inPlace.indexOf(group)),
  };
}

/** The next axis that is not of size 1. */
function nextAxis(shape: readonly number[], axis: number): number {
  return shape.findIndex((size, candidate) => candidate > axis && size !== 1);
}

/** Rows of a table. tfjs says what is wrong with indices out of range. */
function gather({ heap, inputs, attrs }: KernelCall): tf.TensorInfo | undefined {
  const { x, indices } = inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
  if (attrs.axis !== 0 || attrs.batchDims !== 0 || !hasFourBytes(x) || !areRows(heap, indices, x.shape[0]!)) {
    return undefined;
  }
  const rowShape = x.shape.slice(1);
  const shapes = [[...indices.shape, ...rowShape]];
  return heap.compute({ shapes, dtype: x.dtype }, ([y]) =>
    heap.kernels.pickRows(heap.address(x), heap.address(indices), y!, sizeOf(indices.shape), sizeOf(rowShape)),
  )[0];
}

/** Rows added up in the rows of a table; tfjs sees to indices of single numbers, and to wrong ones. */
function scatter({ heap, inputs, attrs }: KernelCall): tf.TensorInfo | undefined {
  const { indices, updates } = inputs as { indices: tf.TensorInfo; updates: tf.TensorInfo };
  const [height = 0, ...rowShape] = attrs.shape as number[];
  const [rows = 0, depth] = indices.shape;
  const isOfRows = indices.shape.length === 2 && depth === 1 && updates.dtype === 'float32';
  const fits = String(updates.shape) === String([rows, ...rowShape]);
  if (!isOfRows || !fits || !areRows(heap, indices, height)) return undefined;
  return heap.compute({ shapes: [[height, ...rowShape]] }, ([y]) =>
    heap.kernels.scatterRows(heap.address(updates), heap.address(indices), y!, rows, sizeOf(rowShape), height),
  )[0];
}

function areRows(heap: WasmHeap, indices: tf.TensorInfo, height: number): boolean {
  return indices.dtype === 'int32' && heap.integers(indices).every((index) => index >= 0 && index < height);
}

function hasFourBytes({ dtype, shape }: tf.TensorInfo): boolean {
  return (dtype === 'float32' || dtype === 'int32') && sizeOf(shape) > 0;
}
