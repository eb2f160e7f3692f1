import * as tf from '@tensorflow/tfjs';
import { dropout } from '../../src/ops/dropout';
import { eachBackend, expectGradientsToMatchFiniteDifferences } from '../harness';

eachBackend('dropout', () => {
  // The numbers of seed 7 begin 0.747, 0.672, 0.058, 0.644, 0.070.
  test('drops where the number of its seed is below the rate and scales up the rest', () => {
    expect(dropout(tf.tensor1d([1, 2, 3, 4, 5]), 0.6, 7)).toBeCloseToTensor([2.5, 5, 0, 10, 0]);
  });

  test('keeps the shape and draws a number for each element', () => {
    expect(dropout(tf.ones([1, 5, 1]), 0.6, 7)).toBeCloseToTensor([[[2.5], [2.5], [0], [2.5], [0]]]);
  });

  test('is the same on every backend', () => {
    const kept = (seed: number, rate: number) => [...tf.sign(dropout(tf.ones([4, 8]), rate, seed)).dataSync()].join('');
    expect(kept(1, 0.1)).toBe('11111111010111111101111111111111');
    expect(kept(0xfedcba98, 0.5)).toBe('11001000001001110100011110011101');
  });

  test('the same seed gives the same mask, another seed another', () => {
    const x = tf.ones([100]);
    expect(dropout(x, 0.5, 3)).toBeCloseToTensor(dropout(x, 0.5, 3), 0);
    expect(dropout(x, 0.5, 4)).not.toBeCloseToTensor(dropout(x, 0.5, 3));
  });

  test.each([0.1, 0.5, 0.9])('at rate %f drops that share and keeps the mean', (rate) => {
    const dropped = dropout(tf.ones([50_000]), rate, 1);
    const share = tf.mean(tf.cast(tf.equal(dropped, 0), 'float32'));
    expect(share).toBeCloseToTensor(rate, 0.01);
    expect(tf.mean(dropped)).toBeCloseToTensor(1, 0.04);
  });

  test('at rate 0 gives a copy, which may be disposed', () => {
    const x = tf.tensor1d([1, 2]);
    dropout(x, 0, 1).dispose();
    expect(dropout(x, 0, 1)).toBeCloseToTensor([1, 2], 0);
  });

  test.each([0, 0.3])('gradient agrees with finite differences at rate %f', (rate) => {
    expectGradientsToMatchFiniteDifferences((x) => dropout(x!, rate, 11), [[3, 4]]);
  });

  test.each([0, 0.3])('leaks nothing at rate %f', (rate) => {
    const x = tf.ones([2, 3]);
    expect(() => dropout(x, rate, 1)).toCreateTensors(1);
    expect(() => tf.grad((y) => dropout(y, rate, 1))(x)).toCreateTensors(1);
  });
});
