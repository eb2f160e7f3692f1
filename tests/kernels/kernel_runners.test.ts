import type { KernelBuild } from '../../src/kernels/kernel_build';
import type { KernelRunner } from '../../src/kernels/kernel_runner';
import { kernelRunners } from '../../src/kernels/kernel_runners';

/** Takes runners that nobody had before, with so much room. */
function takeNew(build: KernelBuild, ...sizes: number[]): KernelRunner[] {
  return sizes.map((bytes) => {
    const runner = kernelRunners.take(build);
    runner.memory.reserve(bytes);
    return runner;
  });
}

describe('runners', () => {
  test('with memory that threads share are handed out again, the largest first, as if they were new', () => {
    const runners = takeNew('simd_threads', 1e6, 3e6, 2e6);
    for (const runner of runners) kernelRunners.giveBack(runner);
    const again = takeNew('simd_threads', 0, 0, 0, 0);
    expect(again.map((runner) => runners.indexOf(runner))).toEqual([1, 2, 0, -1]);
    expect(again.map(({ memory }) => memory.bytes)).toEqual([65536, 65536, 65536, 65536]);
  });

  test('are handed out to one at a time', () => {
    const [first, second] = takeNew('simd_threads', 1, 1);
    expect(first).not.toBe(second);
  });

  test('of a build for one thread are left to the engine', () => {
    const [runner] = takeNew('simd', 1);
    kernelRunners.giveBack(runner!);
    expect(kernelRunners.take('simd')).not.toBe(runner);
  });

  test('of one build are not those of another', () => {
    const [runner] = takeNew('simd_threads', 1);
    kernelRunners.giveBack(runner!);
    expect(kernelRunners.take('simd').memory.build).toBe('simd');
    expect(kernelRunners.take('simd_threads')).toBe(runner);
  });
});
