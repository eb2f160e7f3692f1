import { setFlagsFromString } from 'node:v8';

/** Has the engine run relaxed SIMD, which Node 20 has behind a flag; later versions have it, and know no such flag. */
export function enableRelaxedSimd(): void {
  if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
