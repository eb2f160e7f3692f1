import { describeKernels, ODD_SIZES, randomIntegers } from './arena';

const INDICES = [3, 0, 0, 6, 2];

describeKernels('addRows and pickRows', (arena) => {
  test.each(ODD_SIZES)('rows of %i columns', (columns) => {
    const [values, tableValues] = [randomIntegers(INDICES.length, columns, 1), randomIntegers(7, columns, 2)];
    const [x, table, picked] = [arena.matrix(values), arena.matrix(tableValues), arena.room(INDICES.length, columns)];
    const indices = arena.integers(INDICES);
    arena.run([x, picked], (kernels) => {
      kernels.addRows(x.address, table.address, indices, INDICES.length, columns);
      kernels.pickRows(table.address, indices, picked.address, INDICES.length, columns);
    });
    expect(arena.read(x)).toEqual(values.map((row, i) => row.map((v, j) => v + tableValues[INDICES[i]!]![j]!)));
    expect(arena.read(picked)).toEqual(INDICES.map((index) => tableValues[index]));
  });
});

/** Texts of 3, 1 and 5 rows, and one row of padding. */
const STARTS = [0, 0, 0, 3, 4, 4, 4, 4, 4, 0];
const ENDS = [3, 3, 3, 4, 9, 9, 9, 9, 9, 0];

describeKernels('windows', (arena) => {
  describe.each([1, 3, 5, 7])('%i rows wide', (kernelSize) => {
    test.each(ODD_SIZES)('of %i columns end where a text ends', (columns) => {
      const values = randomIntegers(STARTS.length, columns);
      const x = arena.matrix(values, columns + 2);
      const [starts, ends] = [arena.integers(STARTS), arena.integers(ENDS)];
      // From the second row on, as a tile has it.
      const [first, rows] = [1, STARTS.length - 1];
      const y = arena.room(rows, kernelSize * columns);
      arena.run([y], (kernels) => {
        kernels.windows(x.address, x.stride, starts, ends, first, rows, columns, kernelSize, y.address);
      });
      const margin = (kernelSize - 1) / 2;
      const expected = Array.from({ length: rows }, (_, index) => {
        const row = first + index;
        const neighbours = Array.from({ length: kernelSize }, (_, k) => row - margin + k);
        return neighbours.flatMap((at) =>
          at >= STARTS[row]! && at < ENDS[row]! ? values[at]! : Array(columns).fill(0),
        );
      });
      expect(arena.read(y)).toEqual(expected);
    });
  });
});
