import type * as tf from '@tensorflow/tfjs';
import type { AdamNumbers, DropoutNumbers, FusedKernels } from '../fused_kernel';
import { broadcastIndices } from './broadcast_indices';
import { sizeOf } from './wasm_heap';
import type { KernelCall, WasmKernel } from './wasm_kernel';

type Run = (call: KernelCall) => tf.TensorInfo[];

/** See {@link FusedKernels}; inputs are float32. */
const RUNS: Readonly<Record<keyof FusedKernels, Run>> = {
  DebertaNorm({ heap, inputs, attrs }) {
    const { x, gamma, beta } = inputs as Inputs<'DebertaNorm'>;
    const { rows, columns } = rowsOf(x.shape);
    const shapes = [x.shape, x.shape, [...x.shape.slice(0, -1), 1]];
    return heap.compute({ shapes }, ([y, normalized, inverses]) =>
      heap.kernels.norm(
        heap.address(x),
        heap.address(gamma),
        heap.address(beta),
        y!,
        normalized!,
        inverses!,
        rows,
        columns,
        attrs.epsilon as number,
      ),
    );
  },

  DebertaNormGradient({ heap, inputs }) {
    const { dy, normalized, inverseDeviation, gamma } = inputs as Inputs<'DebertaNormGradient'>;
    const { rows, columns } = rowsOf(dy.shape);
    return heap.compute({ shapes: [dy.shape, gamma.shape, gamma.shape] }, ([dx, dGamma, dBeta]) =>
      heap.kernels.normGradient(
        heap.address(dy),
        heap.address(normalized),
        heap.address(inverseDeviation),
        heap.address(gamma),
        dx!,
        dGamma!,
        dBeta!,
        rows,
        columns,
      ),
    );
  },

  DebertaGelu({ heap, inputs }) {
    const { x } = inputs as Inputs<'DebertaGelu'>;
    return heap.compute({ shapes: [x.shape] }, ([y]) => heap.kernels.gelu(heap.address(x), y!, sizeOf(x.shape)));
  },

  DebertaGeluGradient({ heap, inputs }) {
    const { x, dy } = inputs as Inputs<'DebertaGeluGradient'>;
    return heap.compute({ shapes: [x.shape] }, ([dx]) =>
      heap.kernels.geluGradient(heap.address(x), heap.address(dy), dx!, sizeOf(x.shape)),
    );
  },

  DebertaSoftmax({ heap, inputs }) {
    const { scores, mask } = inputs as Inputs<'DebertaSoftmax'>;
    const [length = 1, columns = 1] = [scores.shape.at(-2), scores.shape.at(-1)];
    const maskRows = mask.shape.at(-2) ?? 1;
    const maskStride = maskRows === 1 ? 0 : columns;
    const masks = broadcastIndices(mask.shape.slice(0, -2), scores.shape.slice(0, -2));
    return heap.compute({ shapes: [scores.shape] }, ([probabilities]) => {
      const [from, allowed] = [heap.address(scores), heap.address(mask)];
      for (const [index, ofMask] of masks.entries()) {
        const at = 4 * index * length * columns;
        const maskAt = allowed + 4 * ofMask * maskRows * columns;
        heap.kernels.maskedSoftmax(from + at, maskAt, maskStride, probabilities! + at, length, columns);
      }
    });
  },

  DebertaSoftmaxGradient({ heap, inputs }) {
    const { dy, probabilities } = inputs as Inputs<'DebertaSoftmaxGradient'>;
    const { rows, columns } = rowsOf(dy.shape);
    return heap.compute({ shapes: [dy.shape] }, ([dScores]) =>
      heap.kernels.softmaxGradient(heap.address(dy), heap.address(probabilities), dScores!, rows, columns),
    );
  },

  DebertaDropout({ heap, inputs, attrs }) {
    const { x } = inputs as Inputs<'DebertaDropout'>;
    const { state, rate, kept } = attrs as unknown as DropoutNumbers;
    // A random number is the low 23 bits of a word, as digits after the point.
    const limit = Math.ceil(Math.fround(rate) * 2 ** 23);
    return heap.compute({ shapes: [x.shape] }, ([y]) =>
      heap.kernels.dropout(heap.address(x), y!, sizeOf(x.shape), ...state, limit, kept),
    );
  },

  DebertaRelativeScores({ heap, inputs, attrs }) {
    const { content, positions } = inputs as Inputs<'DebertaRelativeScores'>;
    const [heads, batch, length, size] = content.shape as [number, number, number, number];
    const scratchBytes = heap.kernels.relativeScratchBytes(length, size);
    return heap.compute({ shapes: [[heads, batch, length, length]], scratchBytes }, ([scores], scratch) =>
      heap.kernels.relativeScores(
        heap.address(content),
        heap.address(positions),
        scores!,
        heads,
        batch,
        length,
        size,
        Number(attrs.isTransposed),
        scratch,
      ),
    );
  },

  DebertaRelativeGradients({ heap, inputs, attrs }) {
    const { dy, content, positions } = inputs as Inputs<'DebertaRelativeGradients'>;
    const [heads, batch, length, size] = content.shape as [number, number, number, number];
    const scratchBytes = heap.kernels.relativeGradientScratchBytes(batch, length, size);
    return heap.compute({ shapes: [content.shape, positions.shape], scratchBytes }, ([dContent, dPositions], scratch) =>
      heap.kernels.relativeGradients(
        heap.address(dy),
        heap.address(content),
        heap.address(positions),
        dContent!,
        dPositions!,
        heads,
        batch,
        length,
        size,
        Number(attrs.isTransposed),
        scratch,
      ),
    );
  },

  DebertaAdam({ heap, inputs, attrs }) {
    const { weight, m, v, gradient } = inputs as Inputs<'DebertaAdam'>;
    const { keep, stepSize, beta1, beta2, epsilon } = attrs as unknown as AdamNumbers;
    const { shape } = weight;
    return heap.compute({ shapes: [shape, shape, shape] }, ([newWeight, newM, newV]) =>
      heap.kernels.adam(
        heap.address(weight),
        heap.address(m),
        heap.address(v),
        heap.address(gradient),
        newWeight!,
        newM!,
        newV!,
        sizeOf(shape),
        keep,
        stepSize,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        epsilon,
      ),
    );
  },

  DebertaSumOfSquares({ heap, inputs }) {
    const { x } = inputs as Inputs<'DebertaSumOfSquares'>;
    return heap.compute({ shapes: [[]] }, ([sum]) => heap.kernels.sumOfSquares(heap.address(x), sum!, sizeOf(x.shape)));
  },
};

/** Kernels that tfjs has no names for. */
export const fusedKernels: readonly WasmKernel[] = Object.entries(RUNS).map(([name, run]) => ({ name, run }));

type Inputs<Name extends keyof FusedKernels> = Readonly<Record<keyof FusedKernels[Name]['inputs'], tf.TensorInfo>>;

function rowsOf(shape: readonly number[]): { rows: number; columns: number } {
  return { rows: sizeOf(shape.slice(0, -1)), columns: shape.at(-1)! };
}
