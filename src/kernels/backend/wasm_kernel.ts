import type * as tf from '@tensorflow/tfjs';
import type { WasmHeap } from './wasm_heap';

/** What a kernel is called with. */
export interface KernelCall {
  readonly heap: WasmHeap;
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** A kernel of tfjs by our SIMD code: one of tfjs' own names, or a new one. */
export interface WasmKernel {
  readonly name: string;
  /** Undefined hands the call over to the kernel that tfjs has by this name. */
  run(call: KernelCall): tf.TensorInfo | tf.TensorInfo[] | undefined;
}
