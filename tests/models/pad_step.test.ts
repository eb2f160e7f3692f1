import * as tf from '@tensorflow/tfjs';
import { paddedLength, padStep } from '../../src/models/pad_step';
import { eachBackend } from '../harness';

test.each([
  [1, 16],
  [16, 16],
  [17, 32],
  [63, 64],
  [64, 64],
  [65, 96],
  [97, 128],
  [256, 256],
  [257, 320],
  [512, 512],
])('%i tokens are padded to %i', (length, expected) => {
  expect(paddedLength(length, 512)).toBe(expected);
});

test.each([
  [5, 8, 8],
  [17, 20, 20],
  [24, 24, 24],
  [9, Number.POSITIVE_INFINITY, 16],
  // The model says what is wrong with such a text.
  [30, 24, 30],
])('%i tokens where %d are the most are padded to %i', (length, longest, expected) => {
  expect(paddedLength(length, longest)).toBe(expected);
});

test('all lengths up to 512 come to 14 padded ones, none more than 63 tokens longer', () => {
  const lengths = Array.from({ length: 512 }, (_, i) => i + 1);
  expect(new Set(lengths.map((length) => paddedLength(length, 512))).size).toBe(14);
  for (const length of lengths) {
    const missing = paddedLength(length, 512) - length;
    expect(missing >= 0 && missing < 64).toBe(true);
  }
});

eachBackend('padStep', () => {
  const inputs = (length: number) => [tf.fill([2, length], 7, 'int32'), tf.ones([2, length]), tf.ones([2, length])];
  const twice = (...row: number[]) => [row, row];

  test('pads inputs with 0, the labels of tokens with -100 and their weights with 0', () => {
    const data = { inputs: inputs(3), target: tf.ones([2, 3], 'int32'), sampleWeights: tf.fill([2, 3], 0.5) };
    const result = padStep(data, 'with tokens', 4);
    expect(result.inputs).toHaveLength(3);
    expect(result.inputs[0]!).toBeCloseToTensor(twice(7, 7, 7, 0), 0);
    expect(result.inputs[0]!.dtype).toBe('int32');
    for (const other of result.inputs.slice(1)) expect(other).toBeCloseToTensor(twice(1, 1, 1, 0), 0);
    expect(result.target).toBeCloseToTensor(twice(1, 1, 1, -100), 0);
    expect(result.target.dtype).toBe('int32');
    expect(result.sampleWeights!).toBeCloseToTensor(twice(0.5, 0.5, 0.5, 0), 0);
  });

  test('leaves the labels and weights of texts as they are', () => {
    const data = { inputs: inputs(3), target: tf.tensor1d([1, 2], 'int32'), sampleWeights: tf.tensor1d([1, 2]) };
    const result = padStep(data, 'as they are', 4);
    expect(result.inputs[0]!).toBeCloseToTensor(twice(7, 7, 7, 0), 0);
    expect(result.target).toBe(data.target);
    expect(result.sampleWeights).toBe(data.sampleWeights);
  });

  test('pads the last axis of choices', () => {
    const ids = tf.ones([2, 3, 5], 'int32');
    const result = padStep({ inputs: [ids], target: tf.zeros([2], 'int32') }, 'as they are', 16);
    expect(result.inputs[0]!.shape).toEqual([2, 3, 16]);
    expect(result.inputs[0]!).toBeCloseToTensor(tf.concat([ids, tf.zeros([2, 3, 11], 'int32')], 2), 0);
  });

  test('a batch of a padded length, or whose loss looks at padding, is given back', () => {
    const whole = { inputs: inputs(16), target: tf.ones([2, 16]) };
    expect(padStep(whole, 'with tokens', 512)).toBe(whole);
    const spans = { inputs: inputs(5), target: tf.ones([2, 2]) };
    expect(padStep(spans, 'none', 512)).toBe(spans);
  });
});
