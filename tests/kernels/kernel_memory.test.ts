import { aligned, KernelMemory } from '../../src/kernels/kernel_memory';

const PAGE = 65536;

describe.each(['simd', 'simd_threads'] as const)('KernelMemory of the build %s', (build) => {
  test('grows by whole pages, with a margin, and never shrinks', () => {
    const memory = new KernelMemory(build);
    const sizes = [1, PAGE - 64, PAGE - 63, 3 * PAGE, 10].map((bytes) => {
      memory.reserve(bytes);
      return memory.bytes / PAGE;
    });
    expect(sizes).toEqual([1, 1, 2, 4, 4]);
  });

  test('tells what room was made for since it was last used by somebody else', () => {
    const memory = new KernelMemory(build);
    memory.reserve(5 * PAGE);
    memory.forget();
    expect(memory.bytes).toBe(PAGE);
    memory.reserve(2 * PAGE);
    expect(memory.bytes).toBe(3 * PAGE);
    expect(memory.memory.buffer.byteLength).toBe(6 * PAGE);
  });

  test('keeps its numbers when it grows', () => {
    const memory = new KernelMemory(build);
    memory.floats(KernelMemory.start, 3).set([1, 2, 3]);
    memory.reserve(100 * PAGE);
    expect([...memory.floats(KernelMemory.start, 3)]).toEqual([1, 2, 3]);
    expect([...memory.integers(KernelMemory.start, 1)]).toEqual([0x3f800000]);
  });

  test.each([[2 ** 32], [1e11], [Number.POSITIVE_INFINITY]])(
    'refuses %d bytes with the numbers, and goes on',
    (bytes) => {
      const memory = new KernelMemory(build);
      expect(() => memory.reserve(bytes)).toThrowDebertaError(
        'backend',
        /^The SIMD kernels need (4\.3|100\.0|Infinity) GB/,
      );
      memory.reserve(2 * PAGE);
      expect(memory.bytes).toBe(3 * PAGE);
    },
  );
});

test('addresses are rounded up to lines of the cache', () => {
  expect([0, 1, 63, 64, 65, 2 ** 31 + 1].map(aligned)).toEqual([0, 64, 64, 64, 128, 2 ** 31 + 64]);
});
