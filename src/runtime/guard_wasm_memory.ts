import * as tf from '@tensorflow/tfjs';
import { BackendError } from '../errors';
import { formatBytes } from '../files/format_bytes';

/** What is needed of the module that Emscripten made of the wasm backend. */
interface WasmModule {
  /** Address of so many bytes; 0 when there is no room. */
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly HEAPU8: Uint8Array;
}

const guarded = new WeakSet<WasmModule>();

/**
 * Makes the wasm backend, once it has started, say that its memory is full.
 *
 * tfjs takes address 0, which means that there is no room, for a tensor's own, and writes over the heap: what follows is
 * wrong numbers or a crash. With the guard nothing is broken, and smaller batches go on.
 */
export function guardWasmMemory(): void {
  const { wasm } = tf.backend() as unknown as { wasm: WasmModule };
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  // The first call replaces the function by another.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address !== 0) return address;
    throw new BackendError(
      `The backend wasm is out of memory: ${formatBytes(bytes)} more do not fit beside the ${formatBytes(wasm.HEAPU8.length)} it has; use smaller batches or shorter texts.`,
      { path: 'wasm', received: bytes },
    );
  };
}
