import { bestThreadedBuild } from '../kernel_build';
import type { Address } from '../kernel_exports';
import { aligned } from '../kernel_memory';
import { KernelPlan } from '../kernel_plan';
import { KernelRunner, maySleep } from '../kernel_runner';
import { kernelRunners } from '../kernel_runners';
import { kernelThreads } from '../kernel_threads';
import { type Product, panelBytes } from './product';
import type { WasmHeap } from './wasm_heap';

/** Multiplications and additions from which threads save more than copying to them costs. */
const LEAST_OPERATIONS = 1e8;
/** Memory shared with the threads, at most; larger products are computed some rows at a time. */
const MOST_BYTES = 64 * 2 ** 20;
/** Rows below which a part reads more of the right-hand matrix than it is worth. */
const LEAST_ROWS = 96;
/** Room for the one phase of a plan. */
const PLAN_BYTES = 1024;

/** Where things lie in the shared memory. */
interface Layout {
  readonly plan: Address;
  readonly bias: Address;
  readonly panels: Address;
  /** A matrix as it is in tfjs' heap, to be turned or put into panels. */
  readonly raw: Address;
  readonly a: Address;
  readonly c: Address;
  readonly end: Address;
  /** Rows computed at a time. */
  readonly rows: number;
}

/** Where the operands and the result lie in tfjs' heap; no bias where it is 0. */
export interface ProductPlace {
  readonly a: Address;
  readonly b: Address;
  readonly bias: Address;
  readonly c: Address;
}

/**
 * Single large products by the threads that `predict` uses.
 *
 * The memory of tfjs' wasm backend cannot be shared with threads, so operands and result are copied, which takes a
 * fraction of the time that the product takes. The numbers are those of one thread, bit by bit.
 */
class ThreadedProducts {
  #runner: KernelRunner | undefined;

  /** Whether a product is worth it, and there are threads and memory for it. */
  takes(product: Product): boolean {
    const { rows, inner, columns, pairs } = product;
    if (pairs.length > 1 || rows * inner * columns < LEAST_OPERATIONS) return false;
    if (kernelThreads.count === 1 || !maySleep()) return false;
    const layout = layoutOf(product);
    return layout !== undefined && this.#reserve(layout.end);
  }

  /** `activation(a · b + bias)` of a product that this {@link takes}. */
  multiply(heap: WasmHeap, product: Product, place: ProductPlace, activation: number): void {
    const { rows, inner, columns, isATransposed, isBTransposed } = product;
    const { kernels } = this.#runner!.memory;
    const layout = layoutOf(product)!;
    const threads = kernelThreads.count;
    this.#copyIn(heap, place.b, layout.raw, inner * columns);
    if (isBTransposed) kernels.packTransposed(layout.raw, inner, inner, columns, layout.panels);
    else kernels.packPanels(layout.raw, columns, inner, columns, layout.panels);
    if (place.bias !== 0) this.#copyIn(heap, place.bias, layout.bias, columns);
    const weights = { panels: layout.panels, scales: 0, precision: 'float32', inner, columns } as const;
    const bias = place.bias === 0 ? 0 : layout.bias;
    for (let first = 0; first < rows; first += layout.rows) {
      const count = Math.min(layout.rows, rows - first);
      if (isATransposed) {
        this.#copyIn(heap, place.a, layout.raw, rows * inner);
        kernels.transposeMatrices(layout.raw, layout.a, 1, inner, rows);
      } else {
        this.#copyIn(heap, place.a + 4 * first * inner, layout.a, count * inner);
      }
      const plan = new KernelPlan(threads);
      plan.project({ input: layout.a, output: layout.c, weights, rows: count, bias, activation });
      this.#runner!.run(plan, { plan: layout.plan, scratch: 0, scratchBytes: 0 }, threads);
      const result = this.#runner!.memory.floats(layout.c, count * columns);
      heap.floats(place.c + 4 * first * columns, count * columns).set(result);
    }
  }

  /** Gives the memory back. */
  close(): void {
    if (this.#runner !== undefined) kernelRunners.giveBack(this.#runner);
    this.#runner = undefined;
  }

  #copyIn(heap: WasmHeap, from: Address, to: Address, count: number): void {
    this.#runner!.memory.floats(to, count).set(heap.floats(from, count));
  }

  #reserve(bytes: number): boolean {
    // Asked once: whether an engine runs a build takes a millisecond to find out.
    const build = this.#runner?.memory.build ?? bestThreadedBuild();
    if (build === undefined) return false;
    try {
      this.#runner ??= kernelRunners.take(build);
      this.#runner.memory.reserve(bytes);
      return true;
    } catch {
      // Without room for a copy one thread does it in place.
      this.close();
      return false;
    }
  }
}

/** The one of this process. */
export const threadedProducts = new ThreadedProducts();

/** Undefined where too few rows fit. */
function layoutOf(product: Product): Layout | undefined {
  const { rows, inner, columns, isATransposed } = product;
  const plan = aligned(KernelRunner.start);
  const bias = plan + PLAN_BYTES;
  const panels = aligned(bias + 4 * columns);
  const raw = aligned(panels + panelBytes(product));
  const a = aligned(raw + 4 * inner * Math.max(columns, isATransposed ? rows : 0));
  const fitting = Math.floor((MOST_BYTES - a) / (4 * (inner + columns)));
  const part = Math.min(rows, fitting);
  if (part < (isATransposed ? rows : Math.min(rows, LEAST_ROWS))) return undefined;
  const c = aligned(a + 4 * part * inner);
  return { plan, bias, panels, raw, a, c, end: c + 4 * part * columns, rows: part };
}
