import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../src/runtime/use_backend';
import { expectGradientsToMatchFiniteDifferences, fillWasmMemory, randomTensor } from '../../harness';
import { expectSameAsStock } from './expect_same_as_stock';
import { liveAllocations } from './live_allocations';

beforeEach(() => useBackend('wasm'));

const TRANSPOSED = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

function turned(shape: readonly number[], isTransposed: boolean): number[] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return isTransposed ? [...shape.slice(0, -2), columns, rows] : [...shape];
}

/** In double precision, of operands with one pair of leading axes. */
function plainProduct(a: number[][], b: number[][]): number[][] {
  return a.map((row) => b[0]!.map((_, column) => row.reduce((sum, value, k) => sum + value * b[k]![column]!, 0)));
}

const sizes = [
  { rows: 1, inner: 1, columns: 1 },
  { rows: 3, inner: 5, columns: 7 },
  { rows: 2, inner: 9, columns: 8 },
  { rows: 4, inner: 8, columns: 8 },
  { rows: 13, inner: 17, columns: 19 },
  { rows: 97, inner: 3, columns: 9 },
  { rows: 197, inner: 6, columns: 33 },
];

describe.each(TRANSPOSED)('matMul with transposeA %s and transposeB %s', (transposeA, transposeB) => {
  test.each(sizes)('$rows × $inner by $inner × $columns', ({ rows, inner, columns }) => {
    const [a, b] = [randomTensor([rows, inner], 1), randomTensor([inner, columns], 2)];
    const product = tf.matMul(
      transposeA ? tf.transpose(a) : a,
      transposeB ? tf.transpose(b) : b,
      transposeA,
      transposeB,
    );
    expect(product).toBeCloseToTensor(plainProduct(a.arraySync() as number[][], b.arraySync() as number[][]));
  });

  const batches = [
    { a: [2, 3, 5, 4], b: [2, 3, 4, 6] },
    { a: [2, 3, 5, 4], b: [4, 6] },
    { a: [2, 3, 5, 4], b: [1, 1, 4, 6] },
    { a: [2, 3, 5, 4], b: [3, 4, 6] },
    { a: [5, 4], b: [2, 3, 4, 6] },
    { a: [1, 5, 4], b: [3, 4, 6] },
    { a: [2, 1, 5, 4], b: [1, 3, 4, 6] },
  ];
  test.each(batches)('broadcasts $a and $b', ({ a, b }) => {
    const left = randomTensor(turned(a, transposeA), 1);
    const right = randomTensor(turned(b, transposeB), 2);
    const product = tf.matMul(left, right, transposeA, transposeB);
    const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
    const matrices = (x: tf.Tensor) => {
      const whole = tf.broadcastTo(x, [...outer, ...x.shape.slice(-2)]);
      return tf.unstack(tf.reshape(whole, [-1, ...x.shape.slice(-2)])) as tf.Tensor2D[];
    };
    const others = matrices(right);
    const singly = matrices(left).map((matrix, index) => tf.matMul(matrix, others[index]!, transposeA, transposeB));
    expect(product).toBeCloseToTensor(tf.reshape(tf.stack(singly), [...outer, 5, 6]));
  });

  test('gradients agree with finite differences', () => {
    expectGradientsToMatchFiniteDifferences(
      (a, b) => tf.matMul(a!, b!, transposeA, transposeB),
      [turned([2, 5, 3], transposeA), turned([2, 3, 4], transposeB)],
    );
  });
});

describe('fused matMul', () => {
  const activations = ['linear', 'relu', 'relu6', 'sigmoid', 'elu', 'leakyrelu', 'prelu'] as const;

  test.each(activations)('with bias and %s gives what tfjs gives', (activation) =>
    expectSameAsStock(() => [
      tf.fused.matMul({
        a: randomTensor<tf.Rank.R2>([13, 9], 1),
        b: randomTensor<tf.Rank.R2>([9, 11], 2),
        bias: randomTensor([11], 3),
        activation,
        leakyreluAlpha: 0.3,
        ...(activation === 'prelu' && { preluActivationWeights: randomTensor([11], 4) }),
      }),
    ]),
  );

  test.each(TRANSPOSED)('adds the bias with transposeA %s and transposeB %s', (transposeA, transposeB) => {
    const a = randomTensor<tf.Rank.R2>(turned([13, 9], transposeA) as [number, number], 1);
    const b = randomTensor<tf.Rank.R2>(turned([9, 11], transposeB) as [number, number], 2);
    const bias = randomTensor<tf.Rank.R1>([11], 3);
    const expected = tf.add(tf.matMul(a, b, transposeA, transposeB), bias);
    expect(tf.fused.matMul({ a, b, bias, transposeA, transposeB })).toBeCloseToTensor(expected);
  });
});

describe('what does not fit', () => {
  test('is refused by tfjs, in its words', () => {
    expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([4, 2]))).toThrow('inner shapes (3) and (4)');
  });

  test('integers are refused by tfjs', () => {
    const whole = tf.ones([2, 2], 'int32');
    expect(() => tf.matMul(whole, whole)).toThrow('non-float32');
  });
});

describe('memory', () => {
  test('scratch is given back', () => {
    const [a, b] = [tf.ones([2, 9, 5]), tf.ones([2, 9, 6])];
    expect(() => tf.matMul(a, b, true, false)).toCreateTensors(1);
    expect(liveAllocations(() => tf.matMul(a, b, true, false).dispose())).toBe(0);
  });

  test('scratch is given back when there is no room for the result', () => {
    const [a, b] = [tf.ones([2048, 8]), tf.ones([8, 2048])];
    const release = fillWasmMemory();
    const live = liveAllocations(() => {
      expect(() => tf.matMul(a, b)).toThrowDebertaError('backend', /out of memory/);
    });
    release();
    expect(live).toBe(0);
  });
});
