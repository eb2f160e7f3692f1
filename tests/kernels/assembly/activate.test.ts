import { ACTIVATION_CODES } from '../../../src/kernels/activation_code';
import { type Arena, describeKernels, ODD_SIZES, ROUNDING, randomRows } from './arena';

/** The error function in double precision: its series where it converges fast, its continued fraction beyond. */
function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 2.5) return Math.sign(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / tailFraction(magnitude));
  let [sum, term] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function tailFraction(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return fraction;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const gelu = (x: number) => (x / 2) * (1 + erf(x / Math.SQRT2));
const geluTanh = (x: number) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** The formulas in double precision, and how far from them a kernel may be: a part of the result's or 1's size. */
const ACTIVATIONS: Readonly<Record<keyof typeof ACTIVATION_CODES, readonly [(x: number) => number, number]>> = {
  none: [(x) => x, 0],
  gelu: [gelu, 3e-7],
  gelu_10: [(x) => Math.min(10, Math.max(-10, gelu(x))), 3e-7],
  gelu_fast: [geluTanh, 3e-7],
  gelu_new: [geluTanh, 3e-7],
  mish: [(x) => x * Math.tanh(Math.log1p(Math.exp(x))), 3e-7],
  quick_gelu: [(x) => x * sigmoid(1.702 * x), 3e-7],
  relu: [(x) => Math.max(0, x), 0],
  sigmoid: [sigmoid, 3e-7],
  silu: [(x) => x * sigmoid(x), 3e-7],
  swish: [(x) => x * sigmoid(x), 3e-7],
  tanh: [Math.tanh, 3e-7],
};
const NAMES = Object.keys(ACTIVATIONS) as Array<keyof typeof ACTIVATIONS>;

/** From −30 to 30 finely, and what is far out. */
const GRID = [
  ...Array.from({ length: 12001 }, (_, index) => Math.fround((index - 6000) / 200)),
  ...[1e-30, 1e-8, 50, 87, 88, 89, 100, 1e4, 1e19].flatMap((x) => [x, -x]).map(Math.fround),
];

function activated(arena: Arena, x: readonly number[], name: keyof typeof ACTIVATION_CODES): number[] {
  const matrix = arena.matrix([x]);
  arena.kernels.biasActivate(matrix.address, x.length, 0, 1, x.length, ACTIVATION_CODES[name]);
  return arena.read(matrix)[0]!;
}

describeKernels('biasActivate', (arena) => {
  test.each(NAMES)('%s is that of double precision', (name) => {
    const [formula, bound] = ACTIVATIONS[name];
    const results = activated(arena, GRID, name);
    const misses = GRID.map(
      (x, index) => [x, Math.abs(results[index]! - formula(x)) / Math.max(1, Math.abs(x))] as const,
    );
    expect(misses.filter(([, miss]) => !(miss <= bound))).toEqual([]);
  });

  describe.each(NAMES)('%s', (name) => {
    test.each(ODD_SIZES)('of %i columns and a bias, in place, and nothing between the rows', (columns) => {
      const [formula] = ACTIVATIONS[name];
      const [values, [bias = []]] = [randomRows(3, columns, 1, 4), randomRows(1, columns, 2)];
      const [x, plain] = [arena.matrix(values, columns + 3), arena.matrix(values)];
      const address = arena.vector(bias);
      arena.run([x, plain], (kernels) => {
        kernels.biasActivate(x.address, x.stride, address, 3, columns, ACTIVATION_CODES[name]);
        kernels.biasActivate(plain.address, columns, 0, 3, columns, ACTIVATION_CODES[name]);
      });
      expect(arena.read(x)).toBeCloseToTensor(
        values.map((row) => row.map((v, i) => formula(v + bias[i]!))),
        2e-6,
      );
      expect(arena.read(plain)).toBeCloseToTensor(
        values.map((row) => row.map(formula)),
        2e-6,
      );
    });
  });

  // With bits set that the processor itself does not set, too.
  const notNumbers = [0x7fc00000, 0xffc00000, 0x7fa5a5a5, 0x7fffffff, 0xff800001];
  test.each(NAMES)('%s of a number that is none is none', (name) => {
    const one = 0x3f800000;
    const bits = notNumbers.flatMap((word) => [one, word]);
    const matrix = { address: arena.integers(bits), rows: 1, columns: bits.length, stride: bits.length };
    arena.kernels.biasActivate(matrix.address, bits.length, 0, 1, bits.length, ACTIVATION_CODES[name]);
    expect(arena.read(matrix)[0]!.map(Number.isNaN)).toEqual(notNumbers.flatMap(() => [false, true]));
  });
});

describeKernels('what activations are made of', (arena) => {
  test('the exponential is within its bound, seen in the sigmoid of numbers far below 0', () => {
    // There sigmoid(x) is e^x but for a part of e^x, and the division rounds once.
    const x = Array.from({ length: 13001 }, (_, index) => Math.fround(-20 - index / 200));
    const parts = activated(arena, x, 'sigmoid').map((y, i) => Math.abs(y / sigmoid(x[i]!) - 1));
    expect(Math.max(...parts) / 2 ** -23).toBeLessThan(2);
  });

  test('the error function is within its bound, seen in gelu', () => {
    const x = Array.from({ length: 12001 }, (_, index) => Math.fround((index - 6000) / 1000)).filter(
      (value) => value !== 0,
    );
    const differences = activated(arena, x, 'gelu').map((y, i) =>
      Math.abs((2 * y) / x[i]! - 1 - erf(x[i]! / Math.SQRT2)),
    );
    // Its sum with 1, up to 2, and the product with x are rounded once each.
    expect(Math.max(...differences)).toBeLessThan(6e-7 + 4 * ROUNDING);
  });
});
