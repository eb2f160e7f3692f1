import { KERNEL_BINARIES } from './generated/kernel_binaries';

/**
 * The builds of the kernels: with the SIMD that every engine of today has, or with relaxed SIMD (fused multiplication
 * and addition) as well; each for memory of one thread or of several.
 */
export const KERNEL_BUILDS = ['relaxed_threads', 'simd_threads', 'relaxed', 'simd'] as const;

/** One of `relaxed_threads`, `simd_threads`, `relaxed` and `simd`. */
export type KernelBuild = (typeof KERNEL_BUILDS)[number];

/** Whether a build is for memory that threads share. */
export function isThreaded(build: KernelBuild): boolean {
  return build.endsWith('_threads');
}

/** Whether this engine runs a build. */
export function supportsBuild(build: KernelBuild): boolean {
  if (isThreaded(build) && typeof SharedArrayBuffer === 'undefined') return false;
  return typeof WebAssembly !== 'undefined' && WebAssembly.validate(binary(build));
}

/** The fastest build that this engine runs; undefined where it has no SIMD. */
export function bestBuild({ threads }: { readonly threads: number }): KernelBuild | undefined {
  return KERNEL_BUILDS.find((build) => (threads > 1 || !isThreaded(build)) && supportsBuild(build));
}

/** The fastest build for shared memory that this engine runs; undefined where there is none. */
export function bestThreadedBuild(): KernelBuild | undefined {
  return KERNEL_BUILDS.find((build) => isThreaded(build) && supportsBuild(build));
}

const modules = new Map<KernelBuild, WebAssembly.Module>();

/** The compiled code of a build, which threads share. */
export function kernelModule(build: KernelBuild): WebAssembly.Module {
  const known = modules.get(build);
  if (known !== undefined) return known;
  const made = new WebAssembly.Module(binary(build));
  modules.set(build, made);
  return made;
}

function binary(build: KernelBuild): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(KERNEL_BINARIES[build]), (character) => character.charCodeAt(0));
}
