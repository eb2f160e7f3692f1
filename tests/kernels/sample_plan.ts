import { createHash } from 'node:crypto';
import { ACTIVATION_CODES } from '../../src/kernels/activation_code';
import type { KernelBuild } from '../../src/kernels/kernel_build';
import type { Address } from '../../src/kernels/kernel_exports';
import { aligned, KernelMemory } from '../../src/kernels/kernel_memory';
import { KernelPlan, type PackedMatrix, type Precision } from '../../src/kernels/kernel_plan';
import { KernelRunner, type PlanPlace } from '../../src/kernels/kernel_runner';
import { randomRows } from './assembly/arena';

const HEADS = 3;
const HEAD_SIZE = 16;
const WIDTH = HEADS * HEAD_SIZE;
const INNER = 200;
const EPSILON = 1e-7;
const KERNEL_SIZE = 3;
/** Queries of a tile of attention. */
const QUERIES = 32;

/** Everything a phase writes, by the order of the phases. */
interface Values {
  readonly hidden: Address;
  readonly sum: Address;
  readonly projections: Address;
  readonly contexts: Address;
  readonly convolved: Address;
  readonly picked: Address;
  readonly end: Address;
}

/** A memory with data, and a plan of each kind of phase on one text of some rows, or the same kernel by kernel. */
export class SamplePlan {
  readonly memory: KernelMemory;
  readonly runner: KernelRunner;
  readonly #rows: number;
  readonly #input: Address;
  readonly #widen: PackedMatrix;
  readonly #narrow: PackedMatrix;
  readonly #project: PackedMatrix;
  readonly #convolution: PackedMatrix;
  readonly #bias: Address;
  readonly #gamma: Address;
  readonly #indices: Address;
  readonly #starts: Address;
  readonly #ends: Address;
  readonly #tiles: Address;
  readonly #scratchBytes: number;
  #end = KernelRunner.start;

  constructor(build: KernelBuild, rows: number) {
    this.memory = new KernelMemory(build);
    this.runner = new KernelRunner(this.memory);
    this.#rows = rows;
    this.#input = this.#floats(randomRows(rows, WIDTH, 1));
    this.#widen = this.#pack(randomRows(WIDTH, INNER, 2), 'float32');
    this.#narrow = this.#pack(randomRows(INNER, WIDTH, 3), 'int8');
    this.#project = this.#pack(randomRows(WIDTH, 3 * WIDTH, 4), 'float16');
    this.#convolution = this.#pack(randomRows(KERNEL_SIZE * WIDTH, WIDTH, 5), 'float32');
    this.#bias = this.#floats(randomRows(1, INNER, 6));
    this.#gamma = this.#floats(randomRows(1, INNER, 7));
    this.#indices = this.#integers(Array.from({ length: rows }, (_, row) => (7 * row) % rows));
    this.#starts = this.#integers(Array(rows).fill(0));
    this.#ends = this.#integers(Array(rows).fill(rows));
    this.#tiles = this.#integers(this.#attendTiles());
    const { kernels } = this.memory;
    this.#scratchBytes =
      64 *
      Math.ceil(
        1 +
          Math.max(
            kernels.attendScratchBytes(rows, HEAD_SIZE, rows),
            kernels.int8ScratchBytes(rows, INNER),
            4 * rows * KERNEL_SIZE * WIDTH,
          ) /
            64,
      );
  }

  /** A plan for so many threads, that it can be run once. */
  plan(threads: number): KernelPlan {
    const plan = new KernelPlan(threads);
    const [rows, columns] = [this.#rows, WIDTH];
    const { hidden, sum, projections, contexts, convolved, picked } = this.#values();
    const gelu = ACTIVATION_CODES.gelu;
    plan.project({
      input: this.#input,
      output: hidden,
      weights: this.#widen,
      rows,
      bias: this.#bias,
      activation: gelu,
    });
    plan.project({ input: hidden, output: sum, weights: this.#narrow, rows, bias: 0, activation: 0 });
    const norm = { gamma: this.#gamma, beta: this.#bias, epsilon: EPSILON };
    plan.addNorm({ x: sum, output: sum, bias: 0, residual: this.#input, ...norm, rowScales: 0, rows, columns });
    plan.project({ input: sum, output: projections, weights: this.#project, rows, bias: 0, activation: 0 });
    plan.attend({
      ...{ queries: projections, queryStride: 3 * WIDTH, keys: projections + 4 * WIDTH, keyStride: 3 * WIDTH },
      ...{ tiles: this.#tiles, tileCount: this.#attendTiles().length / 8, heads: HEADS },
      ...{ headSize: HEAD_SIZE, positionKeys: 0, positionQueries: 0, positionColumns: 0, center: 0, output: contexts },
    });
    plan.convolve({
      ...{ input: contexts, panels: this.#convolution.panels, output: convolved, rows, channels: WIDTH },
      ...{ kernelSize: KERNEL_SIZE, groups: 1, starts: this.#starts, ends: this.#ends, bias: this.#bias },
      ...{ rowScales: 0, activation: ACTIVATION_CODES.tanh },
    });
    plan.addRows({ x: convolved, table: sum, indices: this.#indices, rows, columns });
    plan.pickRows({ x: convolved, indices: this.#indices, output: picked, rows, columns });
    return plan;
  }

  /** Where a plan and its working memory may lie, behind all values. */
  place(plan: KernelPlan, threads: number): PlanPlace {
    const { end } = this.#values();
    const scratch = aligned(end + plan.bytes);
    this.memory.reserve(scratch + threads * this.#scratchBytes);
    return { plan: end, scratch, scratchBytes: this.#scratchBytes };
  }

  /** Everything that a plan of so many threads computes, as {@link bits}. */
  run(threads: number): string {
    const plan = this.plan(threads);
    this.clear();
    this.runner.run(plan, this.place(plan, threads), threads);
    return this.bits();
  }

  /** The same by one call of each kernel. */
  runDirectly(): string {
    this.clear();
    const { kernels } = this.memory;
    const { hidden, sum, projections, contexts, convolved, picked, end } = this.#values();
    const [rows, scratch] = [this.#rows, aligned(end)];
    this.memory.reserve(scratch + this.#scratchBytes);
    const { panels, scales } = this.#narrow;
    kernels.matMul(this.#input, WIDTH, this.#widen.panels, hidden, INNER, rows, WIDTH, INNER);
    kernels.biasActivate(hidden, INNER, this.#bias, rows, INNER, ACTIVATION_CODES.gelu);
    kernels.matMulInt8(hidden, INNER, panels, scales, sum, WIDTH, rows, INNER, WIDTH, scratch);
    kernels.addNorm(sum, 0, this.#input, this.#gamma, this.#bias, sum, rows, WIDTH, EPSILON, 0);
    kernels.matMulHalf(sum, WIDTH, this.#project.panels, projections, 3 * WIDTH, rows, WIDTH, 3 * WIDTH, scratch);
    for (let head = 0; head < HEADS; head++) {
      const [query = 0, key = 0, value = 0] = [0, 1, 2].map(
        (part) => projections + 4 * (part * WIDTH + head * HEAD_SIZE),
      );
      const output = contexts + 4 * head * HEAD_SIZE;
      kernels.attend(
        query,
        3 * WIDTH,
        key,
        value,
        3 * WIDTH,
        rows,
        HEAD_SIZE,
        0,
        0,
        0,
        0,
        0,
        output,
        WIDTH,
        0,
        rows,
        scratch,
      );
    }
    kernels.windows(contexts, WIDTH, this.#starts, this.#ends, 0, rows, WIDTH, KERNEL_SIZE, scratch);
    const inner = KERNEL_SIZE * WIDTH;
    kernels.matMul(scratch, inner, this.#convolution.panels, convolved, WIDTH, rows, inner, WIDTH);
    kernels.biasActivate(convolved, WIDTH, this.#bias, rows, WIDTH, ACTIVATION_CODES.tanh);
    kernels.addRows(convolved, sum, this.#indices, rows, WIDTH);
    kernels.pickRows(convolved, this.#indices, picked, rows, WIDTH);
    return this.bits();
  }

  /** Forgets what was computed. */
  clear(): void {
    const { hidden, end } = this.#values();
    this.memory.reserve(end);
    this.memory.floats(hidden, (end - hidden) / 4).fill(0);
  }

  /** What was computed last. */
  numbers(): Float32Array {
    const { hidden, end } = this.#values();
    return this.memory.floats(hidden, (end - hidden) / 4).slice();
  }

  /** What was computed last, in a few letters: the same only if every bit is the same. */
  bits(): string {
    return createHash('sha1').update(this.numbers()).digest('hex');
  }

  #values(): Values {
    const rowBytes = 4 * WIDTH * this.#rows;
    const hidden = aligned(this.#end);
    const sum = aligned(hidden + 4 * INNER * this.#rows);
    const projections = aligned(sum + rowBytes);
    const contexts = aligned(projections + 3 * rowBytes);
    const convolved = aligned(contexts + rowBytes);
    const picked = aligned(convolved + rowBytes);
    return { hidden, sum, projections, contexts, convolved, picked, end: aligned(picked + rowBytes) };
  }

  #attendTiles(): number[] {
    const firsts = Array.from({ length: Math.ceil(this.#rows / QUERIES) }, (_, part) => part * QUERIES);
    return Array.from({ length: HEADS }, (_, head) =>
      firsts.flatMap((first) => [0, this.#rows, head, first, Math.min(this.#rows, first + QUERIES), 0, 0, 0]),
    ).flat();
  }

  #pack(values: number[][], precision: Precision): PackedMatrix {
    const { kernels } = this.memory;
    const [inner, columns] = [values.length, values[0]!.length];
    const [panels, scales] = [this.#take(4 * inner * (columns + 7)), this.#take(4 * (columns + 7))];
    const matrix = this.#floats(values);
    const scratch = this.#take(32 * inner);
    if (precision === 'float16') kernels.packHalf(matrix, columns, inner, columns, 0, panels, scratch);
    else if (precision === 'int8') kernels.packInt8(matrix, columns, inner, columns, 0, panels, scales, scratch);
    else kernels.packPanels(matrix, columns, inner, columns, panels);
    return { panels, scales, precision, inner, columns };
  }

  #floats(rows: number[][]): Address {
    const values = rows.flat();
    const address = this.#take(4 * values.length);
    this.memory.floats(address, values.length).set(values);
    return address;
  }

  #integers(values: number[]): Address {
    const address = this.#take(4 * values.length);
    this.memory.integers(address, values.length).set(values);
    return address;
  }

  #take(bytes: number): Address {
    const address = aligned(this.#end);
    this.#end = address + bytes;
    this.memory.reserve(this.#end);
    return address;
  }
}
