import * as tf from '@tensorflow/tfjs';
import { BackendError } from '../../errors';
import { fusedKernels } from './fused_kernels';
import { matMulKernels } from './mat_mul_kernels';
import { movementKernels } from './movement_kernels';
import { sumKernel } from './sum_kernel';
import { threadedProducts } from './threaded_products';
import { type WasmBackend, WasmHeap } from './wasm_heap';
import type { KernelCall, WasmKernel } from './wasm_kernel';

const BACKEND = 'wasm';
const KERNELS: readonly WasmKernel[] = [...matMulKernels, ...movementKernels, sumKernel, ...fusedKernels];

/** The kernels of tfjs that ours stand in for; empty while tfjs' own are in use. */
const replaced = new Map<string, tf.KernelConfig | undefined>();

/**
 * Has tfjs' wasm backend, once it has started, run our SIMD kernels in place of its own, or its own again.
 *
 * Where they cannot run, for want of SIMD or of access to the backend's memory, tfjs' kernels stay.
 */
export function useWasmKernels(isOn: boolean): void {
  const isPossible = WasmHeap.of(tf.backend() as unknown as WasmBackend) !== undefined;
  if (isOn && isPossible) replaceAll();
  else restoreAll();
}

function replaceAll(): void {
  if (replaced.size > 0) return;
  for (const kernel of KERNELS) {
    const stock = unregister(kernel.name);
    replaced.set(kernel.name, stock);
    tf.registerKernel({
      ...stock,
      kernelName: kernel.name,
      backendName: BACKEND,
      kernelFunc: kernelFunc(kernel, stock),
    });
  }
}

function restoreAll(): void {
  for (const [name, stock] of replaced) {
    unregister(name);
    if (stock !== undefined) tf.registerKernel(stock);
  }
  replaced.clear();
  threadedProducts.close();
}

/** Forgets a kernel, so that tfjs does not warn of the next one of its name. */
function unregister(name: string): tf.KernelConfig | undefined {
  const known = tf.getKernel(name, BACKEND);
  if (known !== undefined) tf.unregisterKernel(name, BACKEND);
  return known;
}

function kernelFunc({ name, run }: WasmKernel, stock: tf.KernelConfig | undefined): tf.KernelFunc {
  return (call) => {
    const { inputs, attrs = {}, backend } = call;
    const heap = WasmHeap.of(backend as WasmBackend);
    // Optional inputs may be there and undefined.
    const result = heap && run({ heap, inputs: inputs as KernelCall['inputs'], attrs: attrs as KernelCall['attrs'] });
    if (result !== undefined) return result;
    if (stock === undefined) {
      throw new BackendError(
        `The kernel ${name} needs the memory of the backend wasm, which cannot be had; call useBackend('wasm') again.`,
        { path: BACKEND },
      );
    }
    return stock.kernelFunc(call);
  };
}
