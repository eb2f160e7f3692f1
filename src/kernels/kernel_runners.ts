import { isThreaded, type KernelBuild } from './kernel_build';
import { KernelMemory } from './kernel_memory';
import { KernelRunner } from './kernel_runner';

/**
 * Hands out runners with memories of their own, and again those that have been given back.
 *
 * Engines do not count memory that threads share as theirs, and let go of it only when each of the threads has collected
 * its garbage, which may be never. So a memory of a build with threads is kept for the next that needs one: loading and
 * disposing models again and again takes no more memories than there are models at a time. Other memories are left to
 * the engine, which counts them.
 */
class KernelRunners {
  readonly #idle: KernelRunner[] = [];

  /**
   * A runner for a build, with a memory that holds nothing of worth.
   *
   * @throws {BackendError} when there is no room.
   */
  take(build: KernelBuild): KernelRunner {
    const [largest] = this.#idle.filter(({ memory }) => memory.build === build).sort((a, b) => sizeOf(b) - sizeOf(a));
    if (largest === undefined) return new KernelRunner(new KernelMemory(build));
    this.#idle.splice(this.#idle.indexOf(largest), 1);
    largest.memory.forget();
    return largest;
  }

  /** Takes a runner back that has no plan open; its user must not touch it again. */
  giveBack(runner: KernelRunner): void {
    if (isThreaded(runner.memory.build)) this.#idle.push(runner);
    else runner.dispose();
  }
}

/** The runners of this process. */
export const kernelRunners = new KernelRunners();

/** Bytes taken from the system. */
function sizeOf({ memory }: KernelRunner): number {
  return memory.memory.buffer.byteLength;
}
