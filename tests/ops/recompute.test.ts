import * as tf from '@tensorflow/tfjs';
import { dropout } from '../../src/ops/dropout';
import { RandomStream } from '../../src/ops/random_stream';
import { recompute } from '../../src/ops/recompute';
import { eachBackend, expectGradientsToMatchFiniteDifferences, peakBytes, randomTensor } from '../harness';

const noSeeds = new RandomStream(0);

/** `sin(x · y) · mask`, recomputed. */
function product(x: tf.Tensor, y: tf.Tensor, mask: tf.Tensor = tf.scalar(1)): tf.Tensor {
  return recompute({ inputs: [x, y], constants: [mask], weights: [], seeds: noSeeds }, ([a, b], [kept]) =>
    tf.mul(tf.sin(tf.mul(a, b)), kept),
  );
}

eachBackend('recompute', () => {
  afterEach(() => tf.disposeVariables());

  test('gives the value and the gradients of what it runs', () => {
    const mask = tf.tensor1d([0, 1, 1]);
    expect(product(tf.scalar(1), tf.scalar(2))).toBeCloseToTensor(Math.sin(2));
    expectGradientsToMatchFiniteDifferences(
      (x, y) => product(x!, y!, mask),
      [
        [2, 3],
        [2, 3],
      ],
    );
  });

  test('chains with others of its kind, before, after and inside', () => {
    const nested = (x: tf.Tensor) =>
      recompute({ inputs: [x], constants: [], weights: [], seeds: noSeeds }, ([a]) => product(tf.cos(a), a));
    expectGradientsToMatchFiniteDifferences((x, y) => nested(product(tf.exp(nested(x!)), tf.square(y!))), [[4], [4]]);
  });

  test('gives weights their gradients, and those that are not listed none', () => {
    const [listed, other] = [2, 3].map((value) => tf.variable(tf.scalar(value))) as [tf.Variable, tf.Variable];
    const x = tf.scalar(5);
    const { grads } = tf.variableGrads(() =>
      recompute({ inputs: [x], constants: [], weights: [listed], seeds: noSeeds }, ([a]) =>
        tf.mul(a, tf.mul(listed, other)).asScalar(),
      ),
    );
    expect(grads[listed.name]!).toBeCloseToTensor(15);
    expect(grads[other.name]).toBeUndefined();
  });

  test('an input that is not read has a gradient of 0', () => {
    const f = (x: tf.Tensor, y: tf.Tensor) =>
      recompute({ inputs: [x, y], constants: [], weights: [], seeds: noSeeds }, ([a]) => tf.square(a));
    const [dx, dy] = tf.grads(f)([tf.scalar(3), tf.tensor1d([1, 2])], tf.scalar(1));
    expect(dx!).toBeCloseToTensor(6);
    expect(dy!).toBeCloseToTensor([0, 0]);
  });

  test('drops the same values twice, and leaves the seeds where the first run left them', () => {
    const seeds = new RandomStream(7);
    const x = tf.ones([50]);
    const f = (input: tf.Tensor) =>
      recompute({ inputs: [input], constants: [], weights: [], seeds }, ([a]) =>
        dropout(dropout(a, 0.3, seeds.nextInteger()), 0.3, seeds.nextInteger()),
      );
    const { value, grad } = tf.valueAndGrad(f)(x);
    expect(grad).toBeCloseToTensor(value, 0);
    const plain = new RandomStream(7);
    plain.nextInteger();
    plain.nextInteger();
    expect(seeds.state).toBe(plain.state);
  });

  test('a computation that fails again leaves seeds and later gradients as they should be', () => {
    const seeds = new RandomStream(7);
    let runs = 0;
    const failing = (input: tf.Tensor) =>
      recompute({ inputs: [input], constants: [], weights: [], seeds }, ([a]) => {
        seeds.nextInteger();
        if (++runs === 2) throw new Error('no');
        return tf.square(a);
      });
    expect(() => tf.grad(failing)(tf.scalar(3))).toThrow('no');
    expect(seeds.state).toBe(new RandomStream(7).state + 0x6d2b79f5);
    expect(tf.grad((x) => product(x, x))(tf.scalar(0))).toBeCloseToTensor(0);
  });

  test('leaves its value behind, and after the backward pass the gradients', () => {
    const [x, y] = [randomTensor([3]), randomTensor([3], 2)];
    expect(() => tf.tidy(() => product(x, y))).toCreateTensors(1);
    expect(() => tf.tidy(() => tf.grads((a, b) => product(a, b))([x, y]))).toCreateTensors(2);
  });

  test('keeps its inputs alone between the passes', async () => {
    const x = randomTensor([1000]);
    const depth = (a: tf.Tensor) => Array.from({ length: 10 }).reduce<tf.Tensor>((state) => tf.sin(state), a);
    const apart = (a: tf.Tensor) =>
      recompute({ inputs: [a], constants: [], weights: [], seeds: noSeeds }, ([input]) => tf.tidy(() => depth(input)));
    const chain = (f: (a: tf.Tensor) => tf.Tensor) => (a: tf.Tensor) => tf.tidy(() => f(f(f(f(a)))));
    const plain = await peakBytes(() => tf.tidy(() => tf.grad(chain(depth))(x)));
    expect(await peakBytes(() => tf.tidy(() => tf.grad(chain(apart))(x)))).toBeLessThan(0.5 * plain);
  });
});
