import * as tf from '@tensorflow/tfjs';
import { philoxUniform } from '../../src/ops/philox';
import { sampleClasses } from '../../src/ops/sample_classes';
import { eachBackend } from '../harness';

eachBackend('sampleClasses', () => {
  test('finds the number of each row in the running sums of its softmax', () => {
    // Those of seed 7 begin 0.747, 0.672, 0.058, 0.644, 0.070.
    const logits = tf.log(
      tf.tensor2d([
        [0.7, 0.1, 0.2],
        [0.7, 0.1, 0.2],
        [0.05, 0.9, 0.05],
        [0.3, 0.3, 0.4],
        [0.01, 0.05, 0.94],
      ]),
    ) as tf.Tensor2D;
    const drawn = sampleClasses(logits, 7);
    expect(drawn.dtype).toBe('int32');
    expect([...drawn.dataSync()]).toEqual([1, 0, 1, 2, 2]);
  });

  test('draws each class as often as its probability says', () => {
    const probabilities = [0.5, 0.25, 0, 0.2, 0.05];
    const logits = tf.tidy(() => tf.tile(tf.log(tf.tensor2d([probabilities.map((p) => p || 1e-30)])), [5000, 1]));
    const drawn = [...sampleClasses(logits as tf.Tensor2D, 3).dataSync()];
    const shares = probabilities.map((_, id) => drawn.filter((value) => value === id).length / drawn.length);
    // Three standard deviations of the most uncertain.
    for (const [id, share] of shares.entries()) expect(Math.abs(share - probabilities[id]!)).toBeLessThan(0.0213);
    expect(shares[2]).toBe(0);
  });

  test('finds a class where the sums are rounded, whatever the number', () => {
    const classes = 200;
    const numbers = philoxUniform(1000, 5);
    const drawn = sampleClasses(tf.zeros([1000, classes]), 5).dataSync();
    expect(Math.max(...drawn)).toBe(Math.floor(Math.max(...numbers) * classes));
    expect(Math.min(...drawn)).toBe(Math.floor(Math.min(...numbers) * classes));
  });

  test('another seed draws other classes', () => {
    const logits = tf.zeros<tf.Rank.R2>([50, 100]);
    expect(sampleClasses(logits, 1)).toBeCloseToTensor(sampleClasses(logits, 1), 0);
    expect(sampleClasses(logits, 1)).not.toBeCloseToTensor(sampleClasses(logits, 2), 0);
  });

  test('leaks nothing', () => {
    const logits = tf.ones<tf.Rank.R2>([3, 4]);
    expect(() => sampleClasses(logits, 1)).toCreateTensors(1);
  });
});
