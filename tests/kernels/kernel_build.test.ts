import { bestBuild, isThreaded, KERNEL_BUILDS, kernelModule, supportsBuild } from '../../src/kernels/kernel_build';

const HAS_RELAXED_SIMD =
  Number(process.versions.node.split('.')[0]) >= 22 || process.execArgv.includes('--experimental-wasm-relaxed-simd');

afterEach(() => jest.restoreAllMocks());

describe('builds of the kernels', () => {
  test('SIMD runs here, and relaxed SIMD from Node 22 on', () => {
    const plain = KERNEL_BUILDS.filter((build) => build.startsWith('simd'));
    expect(plain).toHaveLength(2);
    expect(KERNEL_BUILDS.filter(supportsBuild)).toEqual(HAS_RELAXED_SIMD ? KERNEL_BUILDS : plain);
  });

  test('several threads take one for shared memory, one thread takes one that is not', () => {
    const best = HAS_RELAXED_SIMD ? 'relaxed' : 'simd';
    expect([1, 2, 16].map((threads) => bestBuild({ threads }))).toEqual([best, `${best}_threads`, `${best}_threads`]);
  });

  test('without shared memory it is one for one thread', () => {
    const { SharedArrayBuffer: shared } = globalThis;
    try {
      Object.assign(globalThis, { SharedArrayBuffer: undefined });
      expect(KERNEL_BUILDS.filter(supportsBuild).filter(isThreaded)).toEqual([]);
      expect(bestBuild({ threads: 2 })).toBe(HAS_RELAXED_SIMD ? 'relaxed' : 'simd');
    } finally {
      Object.assign(globalThis, { SharedArrayBuffer: shared });
    }
  });

  test('without SIMD there is none', () => {
    jest.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(bestBuild({ threads: 2 })).toBeUndefined();
  });

  test('code is compiled once', () => {
    expect(kernelModule('simd')).toBe(kernelModule('simd'));
    expect(kernelModule('simd')).not.toBe(kernelModule('simd_threads'));
  });
});
