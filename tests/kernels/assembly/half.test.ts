import { f16round } from '@petamoriken/float16';
import {
  type Arena,
  describeKernels,
  type Matrix,
  ODD_PRODUCTS,
  product,
  randomIntegers,
  randomRows,
  transposed,
} from './arena';

/** `a · b` with `b` `[K, N]` in float16, from the matrix or from its transpose. */
function multiply(arena: Arena, a: readonly number[][], b: readonly number[][], isTransposed: boolean): number[][] {
  const [rows, inner, columns] = [a.length, b.length, b[0]!.length];
  const right = arena.matrix(isTransposed ? transposed(b) : b, (isTransposed ? inner : columns) + 3);
  const panels = arena.bytes(2 * inner * 8 * Math.ceil(columns / 8));
  const scratch = arena.bytes(arena.kernels.halfScratchBytes(inner));
  arena.run([panels, scratch], (kernels) => {
    const [to, by] = [panels.address, scratch.address];
    kernels.packHalf(right.address, right.stride, inner, columns, Number(isTransposed), to, by);
  });
  const left = arena.matrix(a, inner + 1);
  const result: Matrix = arena.room(rows, columns, columns + 5);
  arena.run([result, scratch], (kernels) => {
    const [c, by] = [result.address, scratch.address];
    kernels.matMulHalf(left.address, left.stride, panels.address, c, result.stride, rows, inner, columns, by);
  });
  return arena.read(result);
}

/** Numbers as float16 keeps them: multiplied by the matrix with ones on its diagonal. */
function kept(arena: Arena, numbers: readonly number[]): number[] {
  return multiply(arena, [[1]], [[...numbers]], false)[0]!;
}

describeKernels('matMulHalf', (arena) => {
  test.each(ODD_PRODUCTS)('[%i, %i] by %i columns is exact for whole numbers, packed either way', (m, k, n) => {
    const [a, b] = [randomIntegers(m, k, 1), randomIntegers(k, n, 2)];
    expect(multiply(arena, a, b, false)).toEqual(product(a, b));
    expect(multiply(arena, a, b, true)).toEqual(product(a, b));
  });

  test('numbers are rounded to the nearest float16, ties to even, small ones included', () => {
    const [small = [], ordinary = []] = [randomRows(1, 2000, 3, 2e-4)[0], randomRows(1, 2000, 4, 6e4)[0]];
    const edges = [2 ** -24, 2 ** -25, 1.5 * 2 ** -24, 2 ** -14, 2 ** -14 - 2 ** -25, 1 + 2 ** -11, 1 + 3 * 2 ** -11];
    const numbers = [...small, ...ordinary, ...edges, ...edges.map((x) => -x), 0, 65504, 65519];
    expect(kept(arena, numbers)).toEqual(numbers.map((x) => f16round(x) + 0));
  });

  test('what is too large for float16 becomes its largest number', () => {
    const large = [65520, 1e5, 1e30, Number.POSITIVE_INFINITY];
    expect(kept(arena, [...large, ...large.map((x) => -x)])).toEqual([
      ...large.map(() => 65504),
      ...large.map(() => -65504),
    ]);
  });
});
