import * as tf from '@tensorflow/tfjs';
import { sizeOf } from './wasm_heap';
import type { WasmKernel } from './wasm_kernel';

/** Sums over the first axes or over the last ones; tfjs moves all numbers before it sums over the first. */
export const sumKernel: WasmKernel = {
  name: tf.Sum,
  run({ heap, inputs, attrs }) {
    const x = inputs.x!;
    if (x.dtype !== 'float32' || sizeOf(x.shape) === 0) return undefined;
    const axes = tf.util.parseAxisParam(attrs.axis as number | number[], x.shape).sort((one, other) => one - other);
    const isSide = axes.every((axis, index) => axis === axes[0]! + index);
    const isFirst = isSide && axes[0] === 0;
    const isLast = isSide && axes.at(-1) === x.shape.length - 1;
    if (!isFirst && !isLast) return undefined;
    const kept = x.shape.filter((_, axis) => !axes.includes(axis));
    const shape = attrs.keepDims === true ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : kept;
    const count = sizeOf(kept);
    const summed = sizeOf(x.shape) / count;
    return heap.compute({ shapes: [shape] }, ([y]) => {
      if (isLast) heap.kernels.rowSums(heap.address(x), y!, count, summed);
      else heap.kernels.columnSums(heap.address(x), y!, summed, count);
    })[0];
  },
};
