import * as tf from '@tensorflow/tfjs';
import { ACTIVATION_CODES } from '../activation_code';
import type { Address } from '../kernel_exports';
import { type Product, panelBytes, planProduct } from './product';
import { type ProductPlace, threadedProducts } from './threaded_products';
import { sizeOf, type WasmHeap } from './wasm_heap';
import type { KernelCall, WasmKernel } from './wasm_kernel';

/** Those of the activations that tfjs fuses which our kernels have; tfjs computes the others. */
const FUSED_ACTIVATIONS: Readonly<Record<string, number>> = {
  linear: ACTIVATION_CODES.none,
  relu: ACTIVATION_CODES.relu,
  sigmoid: ACTIVATION_CODES.sigmoid,
};

/** Up to so many rows, putting the right-hand matrix into panels costs more than it saves. */
const FEW_ROWS = 3;

/**
 * Products of matrices with tfjs' meaning: either operand transposed, leading axes broadcast.
 *
 * tfjs has XNNPACK for single products and a plain loop for batches and transposed operands. Here a right-hand matrix is
 * put into panels, which costs little beside the product, and so is a transposed left-hand one, some columns at a time;
 * threads help with large ones.
 */
export const matMulKernels: readonly WasmKernel[] = [
  { name: tf.BatchMatMul, run: (call) => multiply(call, ACTIVATION_CODES.none) },
  {
    name: tf._FusedMatMul,
    run(call) {
      const { bias } = call.inputs;
      const activation = FUSED_ACTIVATIONS[(call.attrs.activation as string | null) ?? 'linear'];
      if (activation === undefined || (bias && (bias.dtype !== 'float32' || bias.shape.length !== 1))) return undefined;
      return multiply(call, activation);
    },
  },
];

function multiply({ heap, inputs, attrs }: KernelCall, activation: number): tf.TensorInfo | undefined {
  const a = inputs.a!;
  const b = inputs.b!;
  const bias = heap.address(inputs.bias);
  const product = planProduct(a, b, attrs.transposeA === true, attrs.transposeB === true);
  if (product === undefined) return undefined;
  if (inputs.bias && inputs.bias.shape[0] !== product.columns) return undefined;
  const { columns, shape } = product;
  const isThreaded = threadedProducts.takes(product);
  const allocation = { shapes: [shape], scratchBytes: isThreaded ? 0 : scratchBytes(heap, product) };
  const [result] = heap.compute(allocation, ([c], scratch) => {
    const place = { a: heap.address(a), b: heap.address(b), bias, c: c! };
    if (isThreaded) {
      threadedProducts.multiply(heap, product, place, activation);
      return;
    }
    multiplyAll(heap, product, place, scratch);
    heap.kernels.biasActivate(c!, columns, bias, sizeOf(shape) / columns, columns, activation);
  });
  return result;
}

function isFew({ rows, isATransposed, isBTransposed }: Product): boolean {
  return rows <= FEW_ROWS && !isATransposed && !isBTransposed;
}

function scratchBytes({ kernels }: WasmHeap, product: Product): number {
  if (isFew(product)) return 0;
  const { rows, inner, isATransposed } = product;
  return panelBytes(product) + (isATransposed ? kernels.transposedScratchBytes(rows, inner) : 0);
}

function multiplyAll(
  { kernels }: WasmHeap,
  product: Product,
  at: Pick<ProductPlace, 'a' | 'b' | 'c'>,
  scratch: Address,
): void {
  const { rows, inner, columns, isATransposed, isBTransposed, pairs } = product;
  const pack = isBTransposed ? kernels.packTransposed : kernels.packPanels;
  const rest = scratch + panelBytes(product);
  let packed: number | undefined;
  for (const [index, [ofA, ofB]] of pairs.entries()) {
    const a = at.a + 4 * ofA * rows * inner;
    const b = at.b + 4 * ofB * inner * columns;
    const c = at.c + 4 * index * rows * columns;
    if (isFew(product)) {
      kernels.matMulFewRows(a, inner, b, columns, c, columns, rows, inner, columns);
      continue;
    }
    if (packed !== ofB) pack(b, isBTransposed ? inner : columns, inner, columns, scratch);
    packed = ofB;
    if (isATransposed) kernels.matMulTransposed(a, rows, scratch, c, columns, rows, inner, columns, rest);
    else kernels.matMul(a, inner, scratch, c, columns, rows, inner, columns);
  }
}
