import * as tf from '@tensorflow/tfjs';
import { graphFunction } from '../../src/graph/graph_function';
import { GraphSession } from '../../src/graph/graph_session';
import { dropout } from '../../src/ops/dropout';
import { useBackend } from '../../src/runtime/use_backend';
import { onTensorflow, randomTensor } from '../harness';

test.each(['cpu', 'wasm'] as const)('on %s there are no graphs', async (backend) => {
  await useBackend(backend);
  const run = graphFunction((x) => [tf.neg(x!)]);
  expect(() => run(tf.ones([2]))).toThrowDebertaError('backend', new RegExp(`and ${backend} is in use`));
});

onTensorflow('graphFunction', () => {
  afterEach(() => jest.restoreAllMocks());

  const layer = (x: tf.Tensor, w: tf.Tensor) => tf.softmax(tf.tanh(tf.matMul(x, w)));
  const inputs = (batch = 4): [tf.Tensor, tf.Tensor] => [randomTensor([batch, 3]), randomTensor([3, 5], 2)];

  test('gives values and gradients of the function', () => {
    const all = (x: tf.Tensor, w: tf.Tensor) => {
      const weighted = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(layer(a, b), tf.range(0, 5)));
      return [layer(x, w), ...tf.grads(weighted)([x, w])];
    };
    const run = graphFunction((x, w) => all(x!, w!));
    for (const seed of [1, 2]) {
      const given = [randomTensor([4, 3], seed), randomTensor([3, 5], seed + 7)] as const;
      const expected = all(...given);
      for (const [index, tensor] of run(...given).entries()) expect(tensor).toBeCloseToTensor(expected[index]!, 1e-6);
    }
    run.dispose();
  });

  test('records once for each combination of shapes and types', () => {
    const fn = jest.fn((x: tf.Tensor) => [tf.add(x, x)]);
    const run = graphFunction((x) => fn(x!));
    expect(run(tf.ones([2]))[0]!).toBeCloseToTensor([2, 2]);
    run(tf.zeros([2]));
    expect(fn).toHaveBeenCalledTimes(1);
    expect(run(tf.ones([3]))[0]!).toBeCloseToTensor([2, 2, 2]);
    expect(run(tf.ones([2], 'int32'))[0]!.dtype).toBe('int32');
    expect(fn).toHaveBeenCalledTimes(3);
    run.dispose();
  });

  test('keeps 32 graphs at most', () => {
    const dispose = jest.spyOn(GraphSession.prototype, 'dispose');
    const run = graphFunction((x) => [tf.neg(x!)]);
    for (let size = 1; size <= 34; size++) tf.dispose(run(tf.ones([size])));
    expect(dispose).toHaveBeenCalledTimes(2);
    run.dispose();
    expect(dispose).toHaveBeenCalledTimes(34);
  });

  test('works on after dispose, by recording anew', () => {
    const run = graphFunction((x) => [tf.neg(x!)]);
    run(tf.ones([1]));
    run.dispose();
    expect(run(tf.ones([1]))[0]!).toBeCloseToTensor([-1]);
    run.dispose();
  });

  test('other tensors are constants, with the values they have now', () => {
    const constant = tf.variable(tf.tensor1d([10]));
    const run = graphFunction((x) => [tf.add(x!, constant)]);
    expect(run(tf.ones([1]))[0]!).toBeCloseToTensor([11]);
    constant.assign(tf.tensor1d([20]));
    expect(run(tf.ones([1]))[0]!).toBeCloseToTensor([11]);
    run.dispose();
    constant.dispose();
  });

  test('gives an input back as it is, and another view of it', () => {
    const run = graphFunction((x) => [x!, tf.reshape(x!, [3, 2])]);
    const x = randomTensor([2, 3]);
    const [same, view] = run(x);
    expect(same!).toBeCloseToTensor(x, 0);
    expect(view!).toBeCloseToTensor(tf.reshape(x, [3, 2]), 0);
    run.dispose();
  });

  test('draws the dropout mask of a seed', () => {
    const run = graphFunction((x) => [dropout(x!, 0.5, 7)]);
    const x = tf.ones([4, 5]);
    expect(run(x)[0]!).toBeCloseToTensor(dropout(x, 0.5, 7), 0);
    run.dispose();
  });

  test('after an error of the function the next call records again', () => {
    let fails = true;
    const run = graphFunction((x) => {
      if (fails) throw new Error('not yet');
      return [tf.neg(x!)];
    });
    expect(() => run(tf.ones([1]))).toThrow('not yet');
    fails = false;
    expect(run(tf.ones([1]))[0]!).toBeCloseToTensor([-1]);
    run.dispose();
  });

  test("its results are the caller's, and nothing else is left", () => {
    const given = inputs();
    const run = graphFunction((x, w) => [layer(x!, w!), tf.neg(x!)]);
    expect(() => run(...given)).toCreateTensors(2);
    expect(() => tf.tidy(() => run(...given)[0]!)).toCreateTensors(1);
    expect(() => {
      const other = graphFunction((x, w) => [layer(x!, w!)]);
      const results = other(...given);
      other.dispose();
      return results;
    }).toCreateTensors(1);
    run.dispose();
  });
});
