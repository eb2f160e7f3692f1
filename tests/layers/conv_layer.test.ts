import * as tf from '@tensorflow/tfjs';
import { ConvLayer, type ConvLayerOptions } from '../../src/layers/conv_layer';
import { eachBackend, randomizeWeights, randomTensor, runLayerTest } from '../harness';
import { tinyConfig } from './tiny_config';

const OPTIONS = tinyConfig();

/** `LN(residual + tanh(conv(x) · mask)) · mask` in doubles, a number at a time. */
function convolvedByHand(layer: ConvLayer, x: number[][][], residual: number[][][], mask: number[][]): number[][][] {
  const { hiddenSize, convKernelSize, convGroups } = layer.options;
  const [kernel, bias, gamma, beta] = layer.getWeights().map((weight) => weight.arraySync()) as [
    number[][][],
    number[],
    number[],
    number[],
  ];
  const width = hiddenSize / convGroups;
  return x.map((states, text) =>
    states.map((_, position) => {
      const summed = bias.map((offset, output) => {
        let sum = offset;
        const group = Math.floor(output / width);
        for (let step = 0; step < convKernelSize; step++) {
          const read = states[position + step - (convKernelSize - 1) / 2];
          for (let input = 0; input < width; input++) {
            sum += (read?.[group * width + input] ?? 0) * kernel[step]![input]![output]!;
          }
        }
        return residual[text]![position]![output]! + Math.tanh(sum * mask[text]![position]!);
      });
      const mean = summed.reduce((total, value) => total + value) / hiddenSize;
      const variance = summed.reduce((total, value) => total + (value - mean) ** 2, 0) / hiddenSize;
      return summed.map((value, i) => {
        const normalized = ((value - mean) / Math.sqrt(variance + 1e-7)) * gamma[i]! + beta[i]!;
        return normalized * mask[text]![position]!;
      });
    }),
  );
}

function built(options: ConvLayerOptions): ConvLayer {
  const layer = new ConvLayer({ ...options });
  layer.build();
  randomizeWeights(layer);
  return layer;
}

eachBackend('ConvLayer', () => {
  describe.each([
    ['one group', OPTIONS, [3, 6, 6]],
    ['three groups', tinyConfig({ convGroups: 3 }), [3, 2, 6]],
    ['a kernel of one', tinyConfig({ convKernelSize: 1 }), [1, 6, 6]],
  ])('with %s', (_name, options, kernel) => {
    runLayerTest({
      layer: (args) => new ConvLayer(args),
      options: { ...options },
      inputs: () => [randomTensor([2, 4, 6]), randomTensor([2, 4, 6], 2), tf.ones([2, 4])],
      outputShape: [2, 4, 6],
      weights: { 'conv/kernel': kernel, 'conv/bias': [6], 'LayerNorm/gamma': [6], 'LayerNorm/beta': [6] },
      dropouts: ['dropout'],
    });
  });

  test.each([
    [1, 1],
    [3, 1],
    [5, 1],
    [3, 2],
    [3, 6],
  ])('is its formula for kernel %i in %i groups, also where the kernel is wider than the text', (kernel, groups) => {
    const layer = built(tinyConfig({ convKernelSize: kernel, convGroups: groups, convAct: 'tanh' }));
    for (const length of [1, 4]) {
      const x = randomTensor([2, length, 6], 3) as tf.Tensor3D;
      const residual = randomTensor([2, length, 6], 4) as tf.Tensor3D;
      const inputMask = tf.tensor2d(
        Array.from({ length: 2 * length }, (_, i) => Number(i !== length - 1)),
        [2, length],
      );
      const expected = convolvedByHand(layer, x.arraySync(), residual.arraySync(), inputMask.arraySync());
      expect(layer.forward({ hiddenStates: x, residualStates: residual, inputMask }, false)).toBeCloseToTensor(
        expected,
      );
    }
  });

  test('rows of padding are exactly 0, in training too', () => {
    const layer = built(OPTIONS);
    const states = { hiddenStates: randomTensor([1, 3, 6]) as tf.Tensor3D, residualStates: tf.ones([1, 3, 6]) };
    for (const dtype of ['int32', 'float32', 'bool'] as const) {
      const inputMask = tf.tensor2d([[1, 0, 0]], undefined, dtype);
      const output = layer.forward({ ...states, inputMask } as Parameters<ConvLayer['forward']>[0], true);
      expect(tf.slice(output, [0, 1, 0], [1, 2, 6])).toBeCloseToTensor(tf.zeros([1, 2, 6]), 0);
      expect(tf.sum(tf.abs(tf.slice(output, [0, 0, 0], [1, 1, 6]))).dataSync()[0]).toBeGreaterThan(0.1);
    }
  });
});
