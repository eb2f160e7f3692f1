import * as tf from '@tensorflow/tfjs';
import { Dense } from '../../src/layers/dense';
import { Lora } from '../../src/layers/lora';
import { RandomStream } from '../../src/ops/random_stream';
import { eachBackend, randomTensor, runLayerTest } from '../harness';

const SIZES = { inputSize: 3, units: 4 };
const ADAPTER = { rank: 2, factor: 1.5, dropoutRate: 0.5 };

eachBackend('Lora', () => {
  afterEach(() => tf.disposeVariables());

  runLayerTest({
    layer: (args) => new Lora(args),
    options: { ...SIZES, ...ADAPTER },
    inputs: () => [randomTensor([2, 5, 3])],
    outputShape: [2, 5, 4],
    weights: { lora_A: [3, 2], lora_B: [2, 4] },
    dropouts: ['dropout'],
  });

  function adaptedDense(): Dense {
    const dense = new Dense({ ...SIZES, initializerRange: 0.5, name: 'dense', seeds: new RandomStream(3) });
    dense.build();
    dense.addLora(ADAPTER);
    return dense;
  }

  test('starts from A uniform within 1 / sqrt(inputSize), which fills that range, and B of 0', () => {
    const lora = new Lora({ ...ADAPTER, inputSize: 100, units: 4, rank: 50, seeds: new RandomStream(5) });
    lora.build();
    const largest = tf.max(tf.abs(lora.a)).dataSync()[0]!;
    expect(largest).toBeLessThanOrEqual(0.1);
    expect(largest).toBeGreaterThan(0.099);
    expect(tf.moments(lora.a).variance).toBeCloseToTensor(0.01 / 3, 2e-4);
    expect(lora.b).toBeCloseToTensor(tf.zeros([50, 4]), 0);
  });

  test('adds factor · x · A · B to a dense layer, which its merged kernel does too', () => {
    const dense = adaptedDense();
    const x = randomTensor([2, 3]);
    const [base, bias] = [dense.kernel, dense.weights[1]!];
    bias.write(randomTensor([4], 5));
    dense.lora!.weights[1]!.write(randomTensor([2, 4], 6));
    const { a, b } = dense.lora!;
    const expected = tf.add(tf.add(tf.matMul(x, base), bias.read()), tf.mul(tf.matMul(tf.matMul(x, a), b), 1.5));
    expect(dense.forward(x)).toBeCloseToTensor(expected);
    expect(tf.add(tf.matMul(x, dense.lora!.mergedWith(base)), bias.read())).toBeCloseToTensor(expected);
    dense.mergeLora();
    expect(dense.lora).toBeUndefined();
    expect(dense.forward(x)).toBeCloseToTensor(expected);
  });

  test('its weights are the dense layer’s, by its path, for as long as it is there', () => {
    const dense = adaptedDense();
    const names = () => dense.weights.map(({ originalName }) => originalName);
    expect(names()).toEqual(['dense/kernel', 'dense/bias', 'dense/lora_A', 'dense/lora_B']);
    dense.removeLora();
    expect(names()).toEqual(['dense/kernel', 'dense/bias']);
  });

  test.each([true, false])('gradients are those of x · (kernel + factor · A · B), kernel trained: %s', (trainable) => {
    const dense = adaptedDense();
    dense.lora!.weights[1]!.write(randomTensor([2, 4], 6));
    for (const weight of dense.weights.slice(0, 2)) weight.trainable = trainable;
    const { kernel } = dense;
    const { a, b } = dense.lora!;
    const [x, dy] = [randomTensor([2, 3]) as tf.Tensor2D, randomTensor([2, 4], 7) as tf.Tensor2D];
    const f = (input: tf.Tensor) => tf.sum(tf.mul(dense.forward(input), dy)) as tf.Scalar;
    expect(tf.grad(f)(x)).toBeCloseToTensor(tf.matMul(dy, dense.lora!.mergedWith(kernel), false, true));
    const { grads } = tf.variableGrads(() => f(x));
    const expected = new Map<tf.Tensor, tf.Tensor>([
      [a, tf.mul(tf.matMul(x, tf.matMul(dy, b, false, true), true), 1.5)],
      [b, tf.mul(tf.matMul(tf.matMul(x, a), dy, true), 1.5)],
      ...(trainable ? ([[kernel, tf.matMul(x, dy, true)]] as const) : []),
    ]);
    for (const [variable, gradient] of expected) {
      expect(grads[(variable as tf.Variable).name]!).toBeCloseToTensor(gradient);
    }
    expect(Object.keys(grads)).toHaveLength(trainable ? 4 : 2);
  });

  test('leaves nothing behind: a pass, a training pass, being taken off', () => {
    const dense = adaptedDense();
    const x = randomTensor([2, 3]);
    expect(() => dense.forward(x)).toCreateTensors(1);
    expect(() => dense.forward(x, true)).toCreateTensors(1);
    expect(() => dense.lora!.mergedWith(dense.kernel)).toCreateTensors(1);
    const { numTensors, numDataBuffers } = tf.memory();
    dense.removeLora();
    dense.addLora(ADAPTER);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    dense.mergeLora();
    expect(tf.memory().numTensors).toBe(numTensors - 2);
  });
});
