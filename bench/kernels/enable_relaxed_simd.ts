import { setFlagsFromString } from 'node:v8';
import { supportsBuild } from '../../src/kernels/kernel_build';

/** Has the engine run relaxed SIMD, which Node 20 has behind a flag; later versions have it, and know no such flag. */
export function enableRelaxedSimd(): void {
  if (!supportsBuild('relaxed')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
