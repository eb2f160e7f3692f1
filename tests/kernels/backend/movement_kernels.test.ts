import * as tf from '@tensorflow/tfjs';
import { useBackend } from '../../../src/runtime/use_backend';
import { randomTensor } from '../../harness';
import { expectSameAsStock } from './expect_same_as_stock';

beforeEach(() => useBackend('wasm'));

const ids = (values: number[], shape: number[] = [values.length]) => tf.tensor(values, shape, 'int32');

function permutations(axes: readonly number[]): number[][] {
  if (axes.length === 0) return [[]];
  return axes.flatMap((axis) => permutations(axes.filter((other) => other !== axis)).map((rest) => [axis, ...rest]));
}

describe('transpose', () => {
  const shapes = [[7], [5, 9], [1, 6], [3, 5, 7], [4, 1, 6], [2, 3, 4, 5], [1, 5, 1, 9]];
  const cases = shapes.flatMap((shape) => permutations([...shape.keys()]).map((perm) => ({ shape, perm })));

  test.each(cases)('$shape to $perm', ({ shape, perm }) => {
    const x = randomTensor(shape);
    const turned = tf.transpose(x, perm);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, other) => size * other, 1));
    const source = x.dataSync();
    const sizes = perm.map((axis) => shape[axis]!);
    expect(turned.shape).toEqual(sizes);
    const expected = Array.from(source.keys(), (index) => {
      let rest = index;
      let from = 0;
      for (let at = sizes.length - 1; at >= 0; at--) {
        from += (rest % sizes[at]!) * strides[perm[at]!]!;
        rest = Math.floor(rest / sizes[at]!);
      }
      return source[from]!;
    });
    expect(Array.from(turned.dataSync())).toEqual(expected);
  });

  test.each(['int32', 'bool'] as const)('of type %s gives what tfjs gives', (dtype) =>
    expectSameAsStock(() => [tf.transpose(tf.tensor([0, 1, 1, 0, 1, 1], [2, 3], dtype))]),
  );

  test('of five axes gives what tfjs gives', () =>
    expectSameAsStock(() => [tf.transpose(randomTensor([2, 3, 2, 3, 2]), [4, 2, 0, 3, 1])]));
});

describe('clone', () => {
  test('outlives its original', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const copy = tf.clone(x);
    x.dispose();
    expect(copy).toBeCloseToTensor([1, 2, 3], 0);
  });

  test('keeps its numbers when a variable gets others', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const copy = tf.clone(variable);
    variable.assign(tf.tensor1d([3, 4]));
    expect(copy).toBeCloseToTensor([1, 2], 0);
  });

  test('leaks nothing', () => {
    const x = tf.ones([3]);
    expect(() => tf.clone(x)).toCreateTensors(1);
  });
});

describe('gather', () => {
  test.each([[[7]], [[7, 1]], [[7, 5]], [[7, 2, 3]]])('of rows of %j gives what tfjs gives', (shape) =>
    expectSameAsStock(
      () => [tf.gather(randomTensor(shape), ids([6, 0, 3, 3])), tf.gather(randomTensor(shape), ids([1, 2], [2, 1]))],
      0,
    ),
  );

  test('along another axis gives what tfjs gives', () =>
    expectSameAsStock(() => [tf.gather(randomTensor([3, 4]), ids([3, 1]), 1)], 0));

  test.each([7, -1])('of row %i, which there is not, is refused by tfjs', (row) => {
    expect(() => tf.gather(tf.ones([7, 2]), ids([row]))).toThrow(`the index value ${row} is not in [0, 6]`);
  });
});

describe('scatterND', () => {
  test.each([[[4]], [[4, 1]], [[4, 5]], [[4, 2, 3]]])('adds up rows %j as tfjs does', (shape) =>
    expectSameAsStock(() => [tf.scatterND(ids([6, 0, 3, 3], [4, 1]), randomTensor(shape), [7, ...shape.slice(1)])]),
  );

  test('of single numbers gives what tfjs gives', () =>
    expectSameAsStock(() => [tf.scatterND(ids([0, 1, 2, 2], [2, 2]), randomTensor([2]), [3, 3])]));
});
