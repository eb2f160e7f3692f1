import type { KernelExports } from './kernel_exports';

/**
 * The kernels of a module, working on a memory.
 *
 * Blocks of six rows are for engines that compile a loop in the order in which it is written. V8 of Node 22 and before moves
 * its loads to the front, where they take the registers of the sums, and the product becomes a quarter slower; in Node 24 it
 * becomes an eighth faster. Numbers of 16 bits have come to V8 after the new order: who has them has both.
 */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  kernels.preferSixRows(Number('Float16Array' in globalThis));
  return kernels;
}
