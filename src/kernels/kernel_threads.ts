import { isNode, nodeBuiltin } from '../files/node_builtins';
import { logger } from '../logger';
import { KERNEL_WORKER_CODE } from './generated/kernel_worker_code';
import { kernelModule } from './kernel_build';
import type { Address } from './kernel_exports';
import type { KernelMemory } from './kernel_memory';
import { CONTROL } from './kernel_plan';
import { type Answer, BOX, type Mail } from './worker_mail';

/** Threads used at most by default; from there on they mostly wait for one another. */
const MOST_THREADS = 16;

/** A thread, of Node or of a browser. */
interface Thread {
  post(mail: Mail): void;
  /** Whether the process stays alive for it. */
  hold(isHeld: boolean): void;
}

/** A memory whose plans threads help with. */
export class HelpedMemory {
  constructor(
    readonly id: number,
    readonly memory: KernelMemory,
    readonly control: Address,
  ) {}
}

interface Waiting {
  readonly run: number;
  resolve(): void;
}

/**
 * Threads that help with plans of kernels: one pool for all models of the process.
 *
 * They sleep while nothing is to do, start when they are first needed, and do not keep the process alive.
 */
class KernelThreads {
  #count: number | undefined;
  #threads: Thread[] = [];
  #shared: Int32Array<SharedArrayBuffer> | undefined;
  #nextId = 1;
  readonly #memories = new Map<number, HelpedMemory>();
  readonly #waiting = new Map<number, Waiting>();
  #hasFailed = false;

  /** Threads that work on a plan, that of the caller included; as many as there are cores by default. */
  get count(): number {
    this.#count ??= Math.min(MOST_THREADS, defaultCount());
    return this.#count;
  }

  /** Sets how many threads work on a plan from now on. */
  set count(count: number) {
    if (this.#threads.length > count) this.close();
    this.#count = count;
  }

  /** Makes a memory known to the threads. */
  attach(memory: KernelMemory, control: Address): HelpedMemory {
    const helped = new HelpedMemory(this.#nextId++, memory, control);
    this.#memories.set(helped.id, helped);
    this.#send(attachMail(helped));
    return helped;
  }

  /** Lets a memory go. */
  detach({ id }: HelpedMemory): void {
    this.#memories.delete(id);
    this.#send({ kind: 'detach', id });
  }

  /** Calls threads to help with the plan that a memory has open; returns at once. */
  call(threads: number): void {
    this.#start(threads - 1);
    this.#wake();
  }

  /**
   * Has the threads do the plan that a memory has open, while the caller goes on.
   *
   * Resolves when one of them is through with it, {@link settle} is called or there is none: the caller sees to what
   * is left.
   *
   * @param run the number of the run, in the control block's word `answer`.
   */
  async run({ id }: HelpedMemory, run: number, threads: number): Promise<void> {
    this.#start(threads);
    if (this.#threads.length === 0) return;
    for (const thread of this.#threads) thread.hold(true);
    await new Promise<void>((resolve) => {
      this.#waiting.set(id, { run, resolve });
      this.#wake();
    });
  }

  /** Ends the waiting for threads of whoever has called {@link run} for a memory. */
  settle({ id }: Pick<HelpedMemory, 'id'>): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) for (const thread of this.#threads) thread.hold(false);
    waiting.resolve();
  }

  /** Ends all threads, each when it is through with what it does; they start again when they are needed. */
  close(): void {
    this.#send({ kind: 'end' });
    this.#settleAll();
    this.#threads = [];
    this.#hasFailed = false;
  }

  /** Made when first needed: a page that is not isolated from others has no shared memory. */
  get #box(): Int32Array<SharedArrayBuffer> {
    this.#shared ??= new Int32Array(new SharedArrayBuffer(4 * BOX.words));
    return this.#shared;
  }

  #wake(): void {
    if (this.#threads.length === 0) return;
    Atomics.add(this.#box, BOX.job, 1);
    Atomics.notify(this.#box, BOX.job);
  }

  #send(mail: Mail): void {
    if (this.#threads.length === 0) return;
    Atomics.add(this.#box, BOX.mails, 1);
    for (const thread of this.#threads) thread.post(mail);
    this.#wake();
  }

  #start(count: number): void {
    while (this.#threads.length < count && !this.#hasFailed) {
      try {
        this.#threads.push(this.#startOne());
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #startOne(): Thread {
    const thread = isNode() ? this.#nodeThread() : this.#webThread();
    const mails = Atomics.load(this.#box, BOX.mails) - this.#memories.size;
    thread.post({ kind: 'start', box: this.#box.buffer, mails });
    for (const helped of this.#memories.values()) thread.post(attachMail(helped));
    return thread;
  }

  #nodeThread(): Thread {
    const worker = new (nodeBuiltin('node:worker_threads').Worker)(KERNEL_WORKER_CODE, { eval: true });
    worker.on('message', (answer: Answer) => this.#take(answer));
    const thread: Thread = {
      post: (mail) => worker.postMessage(mail),
      hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    };
    worker.on('error', (error) => this.#fail(error, thread));
    worker.unref();
    return thread;
  }

  #webThread(): Thread {
    const url = URL.createObjectURL(new Blob([KERNEL_WORKER_CODE], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    const thread: Thread = { post: (mail) => worker.postMessage(mail), hold: () => undefined };
    worker.onerror = (event) => {
      worker.terminate();
      this.#fail(event.message, thread);
    };
    return thread;
  }

  #take({ id, run }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting?.run === run) this.settle({ id });
  }

  /** Without a thread everything goes on, more slowly. */
  #fail(cause: unknown, failed?: Thread): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (!this.#hasFailed) logger.warn(`The SIMD kernels go on without more threads, since one failed: ${reason}`);
    this.#hasFailed = true;
    this.#threads = this.#threads.filter((thread) => thread !== failed);
    this.#settleAll();
  }

  #settleAll(): void {
    for (const id of [...this.#waiting.keys()]) this.settle({ id });
  }
}

/** The threads of this process. */
export const kernelThreads = new KernelThreads();

function attachMail({ id, memory, control }: HelpedMemory): Mail {
  const { answer, failed, active } = CONTROL;
  const module = kernelModule(memory.build);
  return { kind: 'attach', id, module, memory: memory.memory, control, words: { answer, failed, active } };
}

function defaultCount(): number {
  return isNode() ? nodeBuiltin('node:os').availableParallelism() : (globalThis.navigator?.hardwareConcurrency ?? 1);
}
