import { BackendError } from '../errors';
import { isNode } from '../files/node_builtins';
import { isThreaded } from './kernel_build';
import type { Address } from './kernel_exports';
import { aligned, KernelMemory } from './kernel_memory';
import { CONTROL, type KernelPlan } from './kernel_plan';
import { type HelpedMemory, kernelThreads } from './kernel_threads';

/** Where the control block is. */
const CONTROL_ADDRESS = KernelMemory.start;

/** Where a plan's records and its threads' working memory lie. */
export interface PlanPlace {
  readonly plan: Address;
  readonly scratch: Address;
  /** Of one thread. */
  readonly scratchBytes: number;
}

/** Runs plans on a memory, one at a time, with the help of threads where there are any. */
export class KernelRunner {
  /** The first address behind what the runner itself needs. */
  static readonly start: Address = aligned(CONTROL_ADDRESS + 4 * CONTROL.words);

  readonly #helped: HelpedMemory | undefined;
  #runs = 0;

  constructor(readonly memory: KernelMemory) {
    memory.reserve(KernelRunner.start);
    if (isThreaded(memory.build)) this.#helped = kernelThreads.attach(memory, CONTROL_ADDRESS);
  }

  /**
   * Runs a plan to its end. Memory must not grow meanwhile.
   *
   * @throws {BackendError} when a thread fails.
   */
  run(plan: KernelPlan, place: PlanPlace, threads: number): void {
    this.open(plan, place, threads, false);
    // A thread that must not sleep, a page's main one, would wait for the others by turning in circles.
    if (threads > 1 && maySleep()) kernelThreads.call(threads);
    this.finish();
  }

  /** Opens a plan to be run by other threads. Call {@link finish} when {@link help} resolves, or before. */
  open(
    plan: KernelPlan,
    { plan: address, scratch, scratchBytes }: PlanPlace,
    threads: number,
    isAnswered: boolean,
  ): void {
    const words = plan.bytes / 4;
    plan.write(this.memory.integers(address, words), this.memory.floats(address, words));
    const control = this.#control;
    this.#runs = (this.#runs % 0x7fffffff) + 1;
    control[CONTROL.failed] = 0;
    control[CONTROL.tickets] = 0;
    control[CONTROL.phases] = plan.phases;
    control[CONTROL.plan] = address;
    control[CONTROL.scratch] = scratch;
    control[CONTROL.scratchBytes] = scratchBytes;
    control[CONTROL.threads] = threads;
    Atomics.store(control, CONTROL.answer, isAnswered ? this.#runs : 0);
    Atomics.store(control, CONTROL.open, 1);
  }

  /** Resolves when other threads have run the open plan, or there are none. */
  async help(threads: number): Promise<void> {
    if (this.#helped !== undefined) await kernelThreads.run(this.#helped, this.#runs, threads);
  }

  /** Does what is left of the open plan, and closes it. */
  finish(): void {
    const { kernels } = this.memory;
    let cause: unknown;
    try {
      kernels.work(CONTROL_ADDRESS, maySleep() ? 1 : 0);
    } catch (error) {
      cause = error;
      Atomics.store(this.#control, CONTROL.failed, 1);
      Atomics.sub(this.#control, CONTROL.active, 1);
    }
    Atomics.store(this.#control, CONTROL.answer, 0);
    const isWhole = kernels.close(CONTROL_ADDRESS) !== 0;
    if (this.#helped !== undefined) kernelThreads.settle(this.#helped);
    if (isWhole) return;
    throw new BackendError(
      "A SIMD kernel failed; go on with useBackend('wasm', { threads: 1 }) or another backend, and report what you ran.",
      { path: 'wasm', cause },
    );
  }

  /** Threads forget the memory. */
  dispose(): void {
    if (this.#helped !== undefined) kernelThreads.detach(this.#helped);
  }

  get #control(): Int32Array {
    return this.memory.integers(CONTROL_ADDRESS, CONTROL.words);
  }
}

/** Whether this thread may wait for others asleep: all but the main one of a web page. */
export function maySleep(): boolean {
  return isNode() || typeof (globalThis as { importScripts?: unknown }).importScripts === 'function';
}
