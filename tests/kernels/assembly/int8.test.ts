import {
  type Arena,
  describeKernels,
  largestDifference,
  ODD_PRODUCTS,
  product,
  randomIntegers,
  randomRows,
  transposed,
} from './arena';

/** `a · b` with both in whole numbers, from the matrix `[K, N]` or from its transpose. */
function multiply(arena: Arena, a: readonly number[][], b: readonly number[][], isTransposed: boolean): number[][] {
  const [rows, inner, columns] = [a.length, b.length, b[0]!.length];
  const right = arena.matrix(isTransposed ? transposed(b) : b, (isTransposed ? inner : columns) + 3);
  const panels = arena.bytes(arena.kernels.int8PanelBytes(inner, columns));
  const scales = arena.room(1, 8 * Math.ceil(columns / 8));
  const panel = arena.room(1, 8 * inner);
  arena.run([panels, scales, panel], (kernels) => {
    const [to, by] = [panels.address, panel.address];
    kernels.packInt8(right.address, right.stride, inner, columns, Number(isTransposed), to, scales.address, by);
  });
  const left = arena.matrix(a, inner + 1);
  const result = arena.room(rows, columns, columns + 5);
  const scratch = arena.bytes(arena.kernels.int8ScratchBytes(rows, inner));
  arena.run([result, scratch], (kernels) => {
    kernels.matMulInt8(
      left.address,
      left.stride,
      panels.address,
      scales.address,
      result.address,
      result.stride,
      rows,
      inner,
      columns,
      scratch.address,
    );
  });
  return arena.read(result);
}

/** Whole numbers of which each row has one of ±127, so that its scale is 1. */
function wholeRows(rows: number, columns: number, seed: number): number[][] {
  return randomIntegers(rows, columns, seed, 127).map((row, index) =>
    row.map((x, column) => (column === index % columns ? 127 * (index % 2 === 0 ? 1 : -1) : x)),
  );
}

describeKernels('matMulInt8', (arena) => {
  test.each(ODD_PRODUCTS)(
    '[%i, %i] by %i columns is exact for whole numbers up to 127, packed either way',
    (m, k, n) => {
      const a = wholeRows(m, k, 1);
      const b = transposed(wholeRows(n, k, 2));
      expect(multiply(arena, a, b, false)).toEqual(product(a, b));
      expect(multiply(arena, a, b, true)).toEqual(product(a, b));
    },
  );

  test('each number on either side is off by no more than half a step, 1 / 254 of the largest of its row or column', () => {
    const [rows, inner, columns] = [9, 64, 17];
    const a = randomRows(rows, inner, 1).map((row, index) => row.map((x) => x * 10 ** (index - 4)));
    const b = transposed(randomRows(columns, inner, 2).map((row, index) => row.map((x) => x * 10 ** (index / 4 - 2))));
    const largest = (numbers: readonly number[]) => Math.max(...numbers.map(Math.abs));
    const bounds = a.map((row) =>
      transposed(b).map((column) => {
        const [stepOfRow, stepOfColumn] = [largest(row) / 254, largest(column) / 254];
        // |(a + s)(b + t) − ab| ≤ |a| t + |b| s + s t, and a little for float32.
        const sum = row.reduce((total, x, k) => {
          return total + Math.abs(x) * stepOfColumn + Math.abs(column[k]!) * stepOfRow + stepOfRow * stepOfColumn;
        }, 0);
        return 1.00001 * sum;
      }),
    );
    expect(largestDifference(multiply(arena, a, b, false), product(a, b), bounds)).toBeLessThan(1);
  });

  test('rows and columns of zeros give zeros', () => {
    const a = randomRows(5, 9, 1).map((row, index) => (index === 2 ? row.map(() => 0) : row));
    const b = randomRows(9, 10, 2).map((row) => row.map((x, column) => (column === 8 ? 0 : x)));
    const result = multiply(arena, a, b, false);
    expect(result[2]).toEqual(Array(10).fill(0));
    expect(result.map((row) => row[8])).toEqual(Array(5).fill(0));
  });

  test('a number that is none spoils its row alone', () => {
    const a = randomRows(3, 5, 1);
    a[1]![2] = Number.NaN;
    const result = multiply(arena, a, randomRows(5, 3, 2), false);
    expect(result.map((row) => row.every(Number.isFinite))).toEqual([true, false, true]);
  });
});
