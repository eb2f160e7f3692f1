import {
  type Arena,
  describeKernels,
  largestDifference,
  type Matrix,
  ODD_PRODUCTS,
  ODD_SIZES,
  product,
  ROUNDING,
  randomIntegers,
  randomRows,
  transposed,
} from './arena';

/** `[rows, inner, columns]`: each size with others small, and some that are odd together. */
const SIZES: ReadonlyArray<readonly [number, number, number]> = [
  ...ODD_PRODUCTS,
  [1, 1, 1],
  [31, 33, 97],
  [97, 97, 33],
  [100, 3, 8],
];

/** Panels `[⌈N / 8⌉, K, 8]` of a matrix `[K, N]`, as the comment in pack.ts has them. */
function panelsOf(matrix: readonly number[][]): number[][] {
  const columns = matrix[0]!.length;
  const starts = Array.from({ length: Math.ceil(columns / 8) }, (_, panel) => 8 * panel);
  return starts.map((start) => matrix.flatMap((row) => Array.from({ length: 8 }, (_, t) => row[start + t] ?? 0)));
}

/** Packs a matrix `[K, N]`. */
function pack(arena: Arena, values: readonly number[][]): Matrix {
  const matrix = arena.matrix(values);
  const panels = arena.room(1, matrix.rows * 8 * Math.ceil(matrix.columns / 8));
  arena.kernels.packPanels(matrix.address, matrix.stride, matrix.rows, matrix.columns, panels.address);
  return panels;
}

describeKernels('panels', (arena) => {
  test.each(ODD_SIZES.flatMap((inner) => ODD_SIZES.map((columns) => [inner, columns])))(
    'of a matrix [%i, %i] and of a transposed one are the same, columns that fill up 0',
    (inner, columns) => {
      const values = randomRows(inner, columns);
      const matrix = arena.matrix(values, columns + 3);
      const turned = arena.matrix(transposed(values), inner + 5);
      const room = () => arena.room(Math.ceil(columns / 8), 8 * inner);
      const [panels, panelsOfTurned] = [room(), room()];
      arena.run([panels], (kernels) => {
        kernels.packPanels(matrix.address, matrix.stride, inner, columns, panels.address);
      });
      arena.run([panelsOfTurned], (kernels) => {
        kernels.packTransposed(turned.address, turned.stride, inner, columns, panelsOfTurned.address);
      });
      expect(arena.read(panels)).toEqual(panelsOf(values));
      expect(arena.read(panelsOfTurned)).toEqual(panelsOf(values));
    },
  );
});

describeKernels('matMul', (arena) => {
  test.each(SIZES)('[%i, %i] by %i columns is exact for whole numbers, and writes its rows alone', (m, k, n) => {
    const [a, b] = [randomIntegers(m, k, 1), randomIntegers(k, n, 2)];
    const left = arena.matrix(a, k + 3);
    const panels = pack(arena, b);
    const result = arena.room(m, n, n + 5);
    arena.run([result], (kernels) => {
      kernels.matMul(left.address, left.stride, panels.address, result.address, result.stride, m, k, n);
    });
    expect(arena.read(result)).toEqual(product(a, b));
  });

  test('blocks of four rows and of six give the same bits, however many are left', () => {
    const rows = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 96, 97, 102];
    const b = randomRows(31, 19, 2);
    const panels = pack(arena, b);
    for (const m of rows) {
      const left = arena.matrix(randomRows(m, 31, 1), 33);
      const [four, six] = [false, true].map((isFaster) => {
        const result = arena.room(m, 19, 21);
        arena.kernels.preferSixRows(Number(isFaster));
        arena.run([result], (kernels) => {
          kernels.matMul(left.address, left.stride, panels.address, result.address, result.stride, m, 31, 19);
        });
        return arena.read(result);
      });
      expect(six).toEqual(four);
    }
  });

  test.each([33, 97, 1000])('a sum of %i products is off by no more than so many roundings', (inner) => {
    const [a, b] = [randomRows(5, inner, 1), randomRows(inner, 9, 2)];
    const magnitude = (rows: number[][]) => rows.map((row) => row.map(Math.abs));
    const left = arena.matrix(a);
    const panels = pack(arena, b);
    const result = arena.room(5, 9);
    arena.kernels.matMul(left.address, left.stride, panels.address, result.address, result.stride, 5, inner, 9);
    const sums = product(magnitude(a), magnitude(b));
    expect(largestDifference(arena.read(result), product(a, b), sums)).toBeLessThan(inner * ROUNDING);
  });

  test('no rows or no columns are nothing', () => {
    const left = arena.matrix([[1, 2]]);
    const panels = pack(arena, [[1], [2]]);
    for (const [rows, columns] of [
      [0, 1],
      [1, 0],
    ] as const) {
      arena.run([], (kernels) => {
        kernels.matMul(left.address, 2, panels.address, arena.room(1, 1).address, 1, rows, 2, columns);
      });
    }
  });
});
