import * as tf from '@tensorflow/tfjs';
import { gelu } from '../../src/ops/gelu';
import { layerNorm } from '../../src/ops/layer_norm';
import { useBackend } from '../../src/runtime/use_backend';
import { type BackendName, eachBackend, randomTensor } from '../harness';

/*
 * What is wrong in tfjs itself, shown without any code of this package. A test that fails here is good news: the
 * comment above it says which workaround can go.
 */

/** For what the other backends do right, or fail at in a way of their own; with tfjs' own kernels. */
async function on(backend: BackendName): Promise<void> {
  await useBackend(backend, { kernels: false });
}

const ids = (values: number[], shape: number[]) => tf.tensor(values, shape, 'int32');

describe('gather', () => {
  // When this fails, embeddingLookup (src/ops/embedding_lookup.ts) can be tf.gather.
  test('has no gradient on wasm, which lacks UnsortedSegmentSum', async () => {
    await on('wasm');
    const gradient = tf.grad((table) => tf.gather(table, ids([0, 2], [2])));
    expect(() => gradient(tf.ones([3, 2]))).toThrow("Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'");
  });

  // When the four tests about batchDims and gatherND fail, src/ops/relative_bias.ts can gather the scores it needs.
  test('with two batch dimensions gives wrong values on wasm', async () => {
    const rows = Float32Array.from({ length: 12 }, (_, i) => i);
    const gathered = () => tf.gather(tf.tensor(rows, [2, 2, 3]), ids([0, 2, 1, 1, 2, 0, 0, 0], [2, 2, 2]), 2, 2);
    const right = [
      [
        [0, 2],
        [4, 4],
      ],
      [
        [8, 6],
        [9, 9],
      ],
    ];
    await on('cpu');
    expect(gathered()).toBeCloseToTensor(right);
    await on('wasm');
    expect(gathered()).not.toBeCloseToTensor(right);
  });

  test('with one batch dimension has no gradient on wasm', async () => {
    await on('wasm');
    const gradient = tf.grad((x) => tf.gather(x, ids([0, 2, 1, 1], [2, 2]), 1, 1));
    expect(() => gradient(tf.ones([2, 3]))).toThrow('UnsortedSegmentSum');
  });

  test('with two batch dimensions has no right gradient on any backend', async () => {
    await on('cpu');
    const gradient = tf.grad((x) => tf.gather(x, ids([0, 2, 1, 1, 2, 0, 0, 0], [2, 2, 2]), 2, 2));
    expect(() => gradient(tf.ones([2, 2, 3]))).toThrow('must match the product of shape');
  });
});

eachBackend('gatherND', () => {
  // When this fails, crossEntropy (src/ops/cross_entropy.ts) needs no gradient of its own to pick the labelled entries.
  test('has no gradient', () => {
    const gradient = tf.grad((x) => tf.gatherND(x, ids([0, 1], [2, 1])));
    expect(() => gradient(tf.ones([2, 2]))).toThrow('gradient function not found for GatherNd');
  });
});

eachBackend('einsum', () => {
  // When this fails, products over named axes may be written as einsum instead of reshape, transpose and matMul.
  test('cannot be differentiated', () => {
    const gradient = tf.grad((x) => tf.einsum('ij,jk->ik', x, tf.ones([2, 2])));
    expect(() => gradient(tf.ones([2, 2]))).toThrow(/Einsum/);
  });
});

describe('conv1d', () => {
  // When this fails, conv1d (src/ops/conv1d.ts) with one group can be tf.conv1d.
  test('has no gradient for its kernel on wasm, which lacks Conv2DBackpropFilter', async () => {
    await on('wasm');
    const gradient = tf.grad((kernel) => tf.conv1d(tf.ones<tf.Rank.R3>([1, 4, 2]), kernel as tf.Tensor3D, 1, 'same'));
    expect(() => gradient(tf.ones([3, 2, 2]))).toThrow(
      "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'",
    );
  });
});

eachBackend('matMul of a batch with one matrix', () => {
  // When this fails, dense (src/ops/dense.ts) need not flatten its input to rank 2.
  test.each([[[4, 5]], [[1, 4, 5]]])('has a gradient of the wrong shape for the matrix %j', (shape) => {
    const gradient = tf.grad((matrix) => tf.matMul(tf.ones([2, 3, 4]), matrix));
    expect(() => gradient(tf.ones(shape))).toThrow("The gradient of input 'b' has shape '2,4,5', which does not match");
  });
});

describe('fused matMul with a transposed operand and a bias', () => {
  // When this fails, tiedProjection (src/ops/tied_projection.ts) can be one fused product.
  test('is wrong on wasm', async () => {
    const operands = () => ({
      a: tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      b: tf.tensor2d([
        [1, 0],
        [2, 1],
        [0, 3],
      ]),
      transposeB: true,
      bias: tf.tensor1d([10, 20, 30]),
    });
    const right = [
      [11, 24, 36],
      [13, 30, 42],
    ];
    await on('cpu');
    expect(tf.fused.matMul(operands())).toBeCloseToTensor(right);
    await on('wasm');
    expect(tf.fused.matMul(operands())).not.toBeCloseToTensor(right);
  });
});

describe('clipByValue of integers', () => {
  // When this fails, positionLoss (src/models/task_losses.ts) need not clip as floats.
  test('does not clip on wasm', async () => {
    const clipped = () => tf.clipByValue(ids([-5, 2, 99], [3]), 0, 3);
    await on('cpu');
    expect(clipped()).toBeCloseToTensor([0, 2, 3]);
    await on('wasm');
    expect(clipped()).not.toBeCloseToTensor([0, 2, 3]);
  });
});

eachBackend('where', () => {
  // When these fail, maskedSoftmax (src/ops/masked_softmax.ts) may put -inf into masked scores.
  test('lets NaN from the branch that is not taken into the gradient', () => {
    const taken = tf.tensor1d([1, 1], 'bool');
    const dx = tf.grad((x) => tf.where(taken, x, tf.sqrt(tf.sub(x, x))))(tf.tensor1d([1, 2]));
    expect(dx).toBeCloseToTensor([Number.NaN, Number.NaN]);
  });

  test('makes values and gradients of a softmax NaN in a row masked by -inf throughout', () => {
    const allowed = tf.tensor2d(
      [
        [1, 0],
        [0, 0],
      ],
      [2, 2],
      'bool',
    );
    const masked = (x: tf.Tensor) => tf.softmax(tf.where(allowed, x, tf.fill([2, 2], Number.NEGATIVE_INFINITY)));
    expect(masked(tf.ones([2, 2]))).toBeCloseToTensor([
      [1, 0],
      [Number.NaN, Number.NaN],
    ]);
    expect(tf.grad(masked)(tf.ones([2, 2]))).toBeCloseToTensor([
      [0, 0],
      [Number.NaN, Number.NaN],
    ]);
  });
});

/** How many tensors an op keeps for its backward pass, its value included. */
function tensorsKept(f: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): number {
  let kept = 0;
  const counted = (input: tf.Tensor) => {
    const before = tf.memory().numTensors;
    const value = f(input);
    kept = tf.memory().numTensors - before;
    return value;
  };
  tf.dispose(tf.grad(counted)(x));
  return kept;
}

eachBackend('layerNormalization', () => {
  // When this fails, src/layers may rely on the default of tf.layers.
  test('adds 1e-3 to the variance by default, where DeBERTa has 1e-7', () => {
    expect(tf.layers.layerNormalization().getConfig().epsilon).toBe(1e-3);
  });

  // When this fails, layerNorm (src/ops/layer_norm.ts) has one reason less.
  test('tiles its statistics and weights to the size of the input', async () => {
    const layer = tf.layers.layerNormalization();
    const x = randomTensor([4, 8]);
    layer.apply(x);
    const { kernelNames } = await tf.profile(() => layer.apply(x) as tf.Tensor);
    expect(kernelNames).toContain('Tile');
  });

  test('keeps several times the tensors for its gradient that layerNorm keeps', () => {
    const x = randomTensor([4, 8]);
    const layer = tf.layers.layerNormalization();
    layer.apply(x);
    const own = tensorsKept((y) => layerNorm(y, tf.ones([8]), tf.zeros([8]), 1e-3), x);
    expect(tensorsKept((y) => layer.apply(y) as tf.Tensor, x)).toBeGreaterThan(2 * own);
  });
});

eachBackend('gelu by plain ops', () => {
  // When this fails, gelu (src/ops/gelu.ts) needs no gradient of its own.
  test('keeps several times the tensors for its gradient that gelu keeps', () => {
    const plain = (x: tf.Tensor) => tf.mul(tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5), x);
    const x = randomTensor([8]);
    expect(tensorsKept(plain, x)).toBeGreaterThan(2 * tensorsKept(gelu, x));
  });
});
