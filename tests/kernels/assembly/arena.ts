import { KERNEL_BUILDS, type KernelBuild, supportsBuild } from '../../../src/kernels/kernel_build';
import type { Address, KernelExports } from '../../../src/kernels/kernel_exports';
import { aligned, KernelMemory } from '../../../src/kernels/kernel_memory';
import { RandomStream } from '../../../src/ops/random_stream';

/** Sizes around those of vectors, panels and blocks. */
export const ODD_SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 97] as const;

/** Sizes of products, `[M, K] · [K, N]`, each odd by itself. */
export const ODD_PRODUCTS = ODD_SIZES.flatMap(
  (size): Array<[number, number, number]> => [
    [size, 5, 9],
    [6, size, 9],
    [6, 5, size],
  ],
);

/** Half a unit in the last place of a float32 near 1: what one rounding costs at most. */
export const ROUNDING = 2 ** -24;

const MEMORY_BYTES = 1 << 19;
/** A NaN that no kernel makes, in all that is not written: what reads it in earnest shows, and what writes over it. */
const UNTOUCHED = 0x7fa5a5a5;

/** Rows of numbers in memory, `stride` numbers apart. */
export interface Matrix {
  readonly address: Address;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

/** A memory with kernels, to lay out what one is called with and to see what it writes. */
export class Arena {
  readonly #memory: KernelMemory;
  #end: Address = KernelMemory.start;

  constructor(build: KernelBuild) {
    this.#memory = new KernelMemory(build);
    this.#memory.reserve(MEMORY_BYTES);
    this.reset();
  }

  get kernels(): KernelExports {
    return this.#memory.kernels;
  }

  /** Forgets all that was laid out. */
  reset(): void {
    this.#end = KernelMemory.start;
    this.#words.fill(UNTOUCHED, KernelMemory.start / 4);
  }

  /** Room for a matrix, the numbers between its rows untouched. */
  room(rows: number, columns: number, stride: number = columns): Matrix {
    const matrix = { address: this.#end, rows, columns, stride };
    // At an odd number behind a line of the cache: kernels must not need more than whole numbers.
    this.#end = aligned(this.#end + 4 * rows * stride) + 4 * 17;
    return matrix;
  }

  /** Room for so many bytes. */
  bytes(count: number): Matrix {
    return this.room(1, Math.ceil(count / 4));
  }

  /** A matrix of these numbers. */
  matrix(values: readonly (readonly number[])[], stride?: number): Matrix {
    const matrix = this.room(values.length, values[0]?.length ?? 0, stride);
    const floats = this.#memory.floats(0, MEMORY_BYTES / 4);
    for (const [row, numbers] of values.entries()) floats.set(numbers, matrix.address / 4 + row * matrix.stride);
    return matrix;
  }

  /** A row of these numbers, or address 0 for none. */
  vector(values: readonly number[] | undefined): Address {
    return values === undefined ? 0 : this.matrix([values]).address;
  }

  /** Whole numbers. */
  integers(values: readonly number[]): Address {
    const { address } = this.room(1, values.length);
    this.#memory.integers(address, values.length).set(values);
    return address;
  }

  /** Runs a kernel, and expects that it writes nothing but these matrices. */
  run(outputs: readonly Matrix[], kernel: (kernels: KernelExports) => void): void {
    const before = this.#words.slice();
    kernel(this.kernels);
    const after = this.#words.slice();
    for (const { address, rows, columns, stride } of outputs) {
      for (let row = 0; row < rows; row++) {
        const start = address / 4 + row * stride;
        after.set(before.subarray(start, start + columns), start);
      }
    }
    expect(Buffer.compare(Buffer.from(after.buffer), Buffer.from(before.buffer))).toBe(0);
  }

  /** The numbers of a matrix. */
  read({ address, rows, columns, stride }: Matrix): number[][] {
    return Array.from({ length: rows }, (_, row) => [...this.#memory.floats(address + 4 * row * stride, columns)]);
  }

  get #words(): Uint32Array {
    return new Uint32Array(this.#memory.memory.buffer, 0, MEMORY_BYTES / 4);
  }
}

/** Declares tests of kernels, for every build that runs here. */
export function describeKernels(name: string, tests: (arena: Arena) => void): void {
  describe.each(KERNEL_BUILDS.filter(supportsBuild))(`${name}, build %s`, (build) => {
    const arena = new Arena(build);
    beforeEach(() => arena.reset());
    tests(arena);
  });
}

/** Float32 numbers between -1 and 1, times a scale. */
export function randomRows(rows: number, columns: number, seed = 1, scale = 1): number[][] {
  return rowsOf(rows, columns, seed, (random) => Math.fround(scale * (2 * random.next() - 1)));
}

/** Whole numbers up to ±`most`: sums of their products are exact. */
export function randomIntegers(rows: number, columns: number, seed = 1, most = 8): number[][] {
  return rowsOf(rows, columns, seed, (random) => Math.floor((2 * most + 1) * random.next()) - most);
}

function rowsOf(rows: number, columns: number, seed: number, next: (random: RandomStream) => number): number[][] {
  const random = new RandomStream(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => next(random)));
}

/** `a · b` in double precision. */
export function product(a: readonly number[][], b: readonly number[][]): number[][] {
  return a.map((row) => (b[0] ?? []).map((_, column) => row.reduce((sum, x, k) => sum + x * b[k]![column]!, 0)));
}

/** Rows as columns. */
export function transposed(matrix: readonly number[][]): number[][] {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column]!));
}

/** The largest difference of two matrices, in units of `unit`, or of a unit for each number. */
export function largestDifference(
  received: readonly number[][],
  expected: readonly number[][],
  unit: number | readonly number[][] = 1,
): number {
  const differences = expected.flatMap((row, i) =>
    row.map((x, j) => Math.abs(received[i]![j]! - x) / (typeof unit === 'number' ? unit : unit[i]![j]!)),
  );
  return differences.some(Number.isNaN) ? Number.NaN : Math.max(0, ...differences);
}
