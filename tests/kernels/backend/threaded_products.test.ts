import * as tf from '@tensorflow/tfjs';
import { threadedProducts } from '../../../src/kernels/backend/threaded_products';
import { kernelThreads } from '../../../src/kernels/kernel_threads';
import { useBackend } from '../../../src/runtime/use_backend';
import { randomTensor } from '../../harness';

afterAll(() => {
  threadedProducts.close();
  kernelThreads.close();
});

const product = { inner: 301, isATransposed: false, isBTransposed: false, shape: [], pairs: [[0, 0]] } as const;

describe('threads help', () => {
  test.each([
    ['with a large product', 2, { ...product, rows: 577, columns: 599 }, true],
    ['not with a small one', 2, { ...product, rows: 57, columns: 59 }, false],
    ['not with a batch', 2, { ...product, rows: 577, columns: 599, pairs: [[0, 0] as const, [1, 1] as const] }, false],
    ['not where there is one', 1, { ...product, rows: 577, columns: 599 }, false],
    ['not where the right-hand matrix is too large to be copied', 2, { ...product, rows: 577, columns: 1e6 }, false],
  ])('%s', async (_name, threads, given, expected) => {
    await useBackend('wasm', { threads });
    expect(threadedProducts.takes(given)).toBe(expected);
  });
});

describe('a product by two threads is that of one, bit by bit', () => {
  // The last one does not fit into the shared memory at once.
  test.each([
    { rows: 577, inner: 301, columns: 603, transposeA: false, transposeB: false },
    { rows: 577, inner: 301, columns: 603, transposeA: true, transposeB: false },
    { rows: 577, inner: 301, columns: 603, transposeA: false, transposeB: true },
    { rows: 577, inner: 301, columns: 603, transposeA: true, transposeB: true },
    { rows: 1_050_003, inner: 9, columns: 11, transposeA: false, transposeB: false },
  ])('$rows × $inner by $inner × $columns, transposed: $transposeA, $transposeB', async (given) => {
    const { rows, inner, columns, transposeA, transposeB } = given;
    await useBackend('wasm', { threads: 1 });
    const a = tf.randomUniform<tf.Rank.R2>(transposeA ? [inner, rows] : [rows, inner], -1, 1, 'float32', 1);
    const b = randomTensor<tf.Rank.R2>(transposeB ? [columns, inner] : [inner, columns], 2);
    const multiply = () =>
      tf.fused.matMul({ a, b, bias: randomTensor([columns], 3), activation: 'relu', transposeA, transposeB });
    const expected = multiply().dataSync();
    await useBackend('wasm', { threads: 2 });
    const actual = multiply().dataSync();
    expect(actual.every((value, index) => value === expected[index])).toBe(true);
  });
});
