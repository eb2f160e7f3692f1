import { KERNEL_BUILDS, supportsBuild } from '../../src/kernels/kernel_build';
import { KernelMemory } from '../../src/kernels/kernel_memory';
import { describeMachine } from '../describe_machine';
import { enableRelaxedSimd } from '../enable_relaxed_simd';
import { markdownTable } from '../markdown_table';
import { bestTimes, type TimingOptions } from './best_times';
import { ELEMENT_CASES } from './element_cases';
import { type KernelCase, Room } from './kernel_case';
import { PRODUCT_CASES } from './product_cases';

/** Options of {@link benchKernels}. */
export interface KernelBenchOptions extends TimingOptions {
  /** Only sees whether everything works. */
  readonly quick: boolean;
}

const QUICK = { rounds: 1, milliseconds: 0 };

/**
 * Times the SIMD kernels by themselves, on one thread, in every build that runs here; the builds take turns.
 *
 * @returns Markdown.
 */
export function benchKernels(given: KernelBenchOptions): string {
  const options = { ...given, ...(given.quick && QUICK) };
  enableRelaxedSimd();
  const builds = KERNEL_BUILDS.filter(supportsBuild);
  const memories = builds.map((build) => new KernelMemory(build));
  return [
    describeMachine({ threads: 'one; the builds for several differ by their memory, which threads can share' }),
    '### Products, billions of multiplications and additions a second',
    kernelTable(PRODUCT_CASES, memories, options, (operations, seconds) => (operations / seconds / 1e9).toFixed(1)),
    '### Others, nanoseconds an element',
    kernelTable(ELEMENT_CASES, memories, options, (elements, seconds) => ((1e9 * seconds) / elements).toFixed(2)),
  ].join('\n\n');
}

function kernelTable(
  cases: readonly KernelCase[],
  memories: readonly KernelMemory[],
  options: TimingOptions,
  format: (amount: number, seconds: number) => string,
): string {
  return markdownTable(
    ['kernel', 'size', ...memories.map(({ build }) => build)],
    cases.map(({ kernel, size, amount, prepare }) => {
      const runs = memories.map((memory) => prepare(new Room(memory)));
      return [kernel, size, ...bestTimes(runs, options).map((seconds) => format(amount, seconds))];
    }),
  );
}
