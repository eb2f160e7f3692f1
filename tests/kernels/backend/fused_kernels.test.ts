import * as tf from '@tensorflow/tfjs';
import { dropout } from '../../../src/ops/dropout';
import { gelu } from '../../../src/ops/gelu';
import { globalNorm } from '../../../src/ops/global_norm';
import { layerNorm } from '../../../src/ops/layer_norm';
import { maskedSoftmax } from '../../../src/ops/masked_softmax';
import { contentToPosition, positionToContent } from '../../../src/ops/relative_bias';
import { AdamUpdate } from '../../../src/optimizers/adam_update';
import { useBackend } from '../../../src/runtime/use_backend';
import { fillWasmMemory, randomTensor } from '../../harness';
import { expectSameAsStock } from './expect_same_as_stock';
import { liveAllocations } from './live_allocations';

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

/** A value and its gradients for every input, for a random gradient of the value. */
function valueAndGradients(op: Op, inputs: tf.Tensor[]): tf.Tensor[] {
  const value = op(...inputs);
  return [value, ...tf.grads(op)(inputs, randomTensor(value.shape, 97))];
}

const norm: Op = (x, gamma, beta) => layerNorm(x!, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-7);

describe('layerNorm', () => {
  test.each([[[1]], [[7]], [[3, 16]], [[2, 3, 13]], [[2, 1, 3, 4]]])(
    'of %j gives what plain operations give',
    (shape) =>
      expectSameAsStock(() => valueAndGradients(norm, [shape, shape.slice(-1), shape.slice(-1)].map(randomTensor))),
  );

  test('can be differentiated twice', () =>
    expectSameAsStock(() => {
      const [gamma, beta] = [randomTensor([5], 2), randomTensor([5], 3)];
      const slope = tf.grad((x) => tf.square(norm(x, gamma, beta)));
      return [tf.grad((x) => tf.sum(tf.square(slope(x))))(randomTensor([2, 5]))];
    }, 1e-3));
});

describe('gelu', () => {
  test.each([1, 4, 7, 33])('of %i numbers gives what plain operations give', (count) =>
    expectSameAsStock(() => valueAndGradients((x) => gelu(x!), [tf.mul(randomTensor([count]), 5)])),
  );

  test('of extreme numbers is finite', () =>
    expectSameAsStock(() => valueAndGradients((x) => gelu(x!), [tf.tensor1d([-1e4, -40, -9, 0, 9, 40, 1e4])])));
});

describe('maskedSoftmax', () => {
  const masks = [[3, 2, 5, 5], [1, 2, 5, 5], [1, 2, 1, 5], [3, 1, 5, 5], [1, 1, 1, 5], [5, 5], [5], [1, 2, 5, 1]];

  test.each(masks.map((shape) => [shape]))('with a mask of %j gives what plain operations give', (shape) =>
    expectSameAsStock(() => {
      const mask = tf.cast(tf.greater(randomTensor(shape, 2), -0.2), 'int32');
      return valueAndGradients((scores) => maskedSoftmax(scores!, mask), [tf.mul(randomTensor([3, 2, 5, 5]), 4)]);
    }),
  );
});

describe('dropout', () => {
  test.each([1, 3, 4, 15, 16, 17, 1000])('drops of %i numbers those that plain operations drop', (count) =>
    expectSameAsStock(() => valueAndGradients((x) => dropout(x!, 0.3, -12345), [randomTensor([count])]), 1e-6),
  );
});

describe.each([
  ['contentToPosition', contentToPosition],
  ['positionToContent', positionToContent],
])('%s', (_name, op) => {
  test.each([
    [1, 1, 1, 1],
    [2, 3, 19, 5],
    [2, 1, 16, 8],
    [1, 2, 33, 4],
    [1, 1, 70, 12],
  ])(
    'of %i heads, %i texts, length %i and head size %i gives what plain operations give',
    (heads, batch, length, size) =>
      expectSameAsStock(() => {
        const inputs = [randomTensor([heads, batch, length, size], 1), randomTensor([heads, size, 2 * length], 2)];
        return valueAndGradients((x, y) => op(x as tf.Tensor4D, y as tf.Tensor3D), inputs);
      }),
  );
});

describe('a step of Adam', () => {
  test.each([true, false])('gives what plain operations give, decaying: %s', (decays) =>
    expectSameAsStock(() => {
      const constants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecayRate: 0.1, biasCorrection: true };
      const [weight, m] = [tf.variable(randomTensor([3, 7], 1)), tf.variable(randomTensor([3, 7], 2))];
      const v = tf.variable(tf.square(randomTensor([3, 7], 3)));
      new AdamUpdate(constants, 0.01, 3).apply({ weight, m, v }, randomTensor([3, 7], 4), { decays, rateScale: 0.5 });
      return [weight, m, v];
    }),
  );
});

describe('globalNorm', () => {
  test('gives what plain operations give', () =>
    expectSameAsStock(() => [globalNorm([randomTensor([5]), randomTensor([3, 33]), tf.scalar(-2)])]));
});

describe('memory', () => {
  beforeEach(() => useBackend('wasm'));

  const scores = () => {
    const inputs = [randomTensor([2, 3, 19, 5], 1), randomTensor([2, 5, 38], 2)];
    tf.dispose(valueAndGradients((x, y) => contentToPosition(x as tf.Tensor4D, y as tf.Tensor3D), inputs));
    tf.dispose(inputs);
  };

  test('scratch is given back', () => {
    scores();
    expect(liveAllocations(() => tf.tidy(scores))).toBe(0);
  });

  test('results are given back when there is no room for all of them', () => {
    const [x, gamma] = [tf.ones([1024, 1024]), tf.ones<tf.Rank.R1>([1024])];
    const release = fillWasmMemory();
    const live = liveAllocations(() => {
      expect(() => layerNorm(x, gamma, gamma, 1e-7)).toThrowDebertaError('backend', /out of memory/);
    });
    release();
    expect(live).toBe(0);
  });
});
