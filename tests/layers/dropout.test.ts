import * as tf from '@tensorflow/tfjs';
import { Dropout } from '../../src/layers/dropout';
import { RandomStream } from '../../src/ops/random_stream';
import { eachBackend, randomTensor, runLayerTest } from '../harness';

eachBackend('Dropout', () => {
  runLayerTest({
    layer: (args) => new Dropout(args),
    options: { rate: 0.5 },
    inputs: () => [randomTensor([3, 4])],
    outputShape: [3, 4],
    dropouts: [''],
  });

  test('a value is 0 or divided by the probability of staying', () => {
    const dropped = new Dropout({ rate: 0.2, seeds: new RandomStream(1) }).forward(tf.ones([50, 40]), true);
    const values = [...dropped.dataSync()];
    const zeros = values.filter((value) => value === 0).length;
    expect(values.filter((value) => value !== 0)).toBeCloseToTensor(Array(2000 - zeros).fill(1.25));
    expect(zeros / 2000).toBeCloseTo(0.2, 1);
  });

  test.each([
    ['in inference', 0.5, false],
    ['at rate 0', 0, true],
  ])('%s the input comes back itself, and no seed is drawn', (_name, rate, training) => {
    const seeds = new RandomStream(1);
    const x = tf.ones([2, 2]);
    expect(new Dropout({ rate, seeds }).forward(x, training)).toBe(x);
    expect(seeds.state).toBe(1);
  });

  test('the stream of seeds decides the masks, and each pass draws another', () => {
    const x = tf.ones([4, 4]);
    const layer = new Dropout({ rate: 0.5, seeds: new RandomStream(1) });
    const [first, second] = [layer.forward(x, true), layer.forward(x, true)];
    expect(second).not.toBeCloseToTensor(first);
    layer.seeds.state = 1;
    expect(layer.forward(x, true)).toBeCloseToTensor(first, 0);
  });
});
