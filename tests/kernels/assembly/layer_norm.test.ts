import { describeKernels, ODD_SIZES, randomRows } from './arena';

const EPSILON = 1e-7;
const ROWS = 5;

interface Parts {
  readonly bias: boolean;
  readonly residual: boolean;
  readonly gamma: boolean;
  readonly scales: boolean;
}

/** Each part there or not. */
const PARTS = Array.from({ length: 16 }, (_, bits): [string, Parts] => {
  const parts = { bias: (bits & 1) > 0, residual: (bits & 2) > 0, gamma: (bits & 4) > 0, scales: (bits & 8) > 0 };
  const names = Object.entries(parts).flatMap(([name, isThere]) => (isThere ? [name] : []));
  return [names.join(', ') || 'nothing', parts];
});

function normalized(row: readonly number[], gamma: readonly number[], beta: readonly number[]): number[] {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length;
  return row.map((x, i) => ((x - mean) / Math.sqrt(variance + EPSILON)) * gamma[i]! + beta[i]!);
}

describeKernels('addNorm', (arena) => {
  /** Runs the kernel on rows and expects what double precision gives. */
  function expectRows(x: number[][], { bias, residual, gamma, scales }: Parts, isInPlace: boolean): void {
    const columns = x[0]!.length;
    const added = randomRows(x.length, columns, 2);
    const [biases = [], gammas = [], betas = []] = randomRows(3, columns, 3);
    // As weights are: around 1, and whole numbers for rows, 0 for padding.
    const factors = gammas.map((value) => 1 + value / 2);
    const ofRows = x.map((_, row) => [1, 0, 0.5][row % 3]!);
    const expected = x.map((row, i) => {
      const sum = row.map((value, j) => value + (bias ? biases[j]! : 0) + (residual ? added[i]![j]! : 0));
      return (gamma ? normalized(sum, factors, betas) : sum).map((value) => (scales ? ofRows[i]! * value : value));
    });

    const source = arena.matrix(x);
    const target = isInPlace ? source : arena.room(x.length, columns);
    const addresses = [
      arena.vector(bias ? biases : undefined),
      residual ? arena.matrix(added).address : 0,
      arena.vector(gamma ? factors : undefined),
      arena.vector(gamma ? betas : undefined),
    ] as const;
    const scaleOfRows = arena.vector(scales ? ofRows : undefined);
    arena.run([target], (kernels) => {
      kernels.addNorm(source.address, ...addresses, target.address, x.length, columns, EPSILON, scaleOfRows);
    });
    expect(arena.read(target)).toBeCloseToTensor(expected, 2e-6);
  }

  describe.each(PARTS)('with %s', (_names, parts) => {
    test.each(ODD_SIZES)('of %i columns', (columns) => {
      // A single column is all mean: nothing is left but rounding, which epsilon would blow up.
      const scale = parts.gamma && columns === 1 ? 0 : 1;
      const rows =
        scale === 0 && (parts.bias || parts.residual)
          ? randomRows(ROWS, columns, 1)
          : randomRows(ROWS, columns, 1, scale);
      expectRows(rows, parts, false);
      arena.reset();
      expectRows(rows, parts, true);
    });
  });

  test('a row far from 0 keeps its differences', () => {
    const all = { bias: false, residual: false, gamma: true, scales: false };
    expectRows([[4096, 4097, 4098, 4099, 4100, 4101, 4102]], all, false);
  });
});
