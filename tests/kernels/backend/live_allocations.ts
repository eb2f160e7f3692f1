import * as tf from '@tensorflow/tfjs';

interface WasmModule {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** How many pieces of memory of the wasm backend are taken and not given back when something has run. */
export function liveAllocations(run: () => void): number {
  const { wasm } = tf.backend() as unknown as { wasm: WasmModule };
  const { _malloc, _free } = wasm;
  const live = new Set<number>();
  wasm._malloc = (bytes) => {
    const address = _malloc(bytes);
    // Addresses above 2 GB come as negative numbers.
    live.add(address >>> 0);
    return address;
  };
  wasm._free = (address) => {
    live.delete(address >>> 0);
    _free(address);
  };
  try {
    run();
  } finally {
    Object.assign(wasm, { _malloc, _free });
  }
  return live.size;
}
