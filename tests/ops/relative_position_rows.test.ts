import * as tf from '@tensorflow/tfjs';
import { RelativePositionRows } from '../../src/ops/relative_position_rows';
import { eachBackend } from '../harness';

/** No buckets: row `span + δ`, clamped into the 6 rows of the table. */
const OPTIONS = { span: 3, positionBuckets: -1, maxRelativePositions: 3 };
const KEPT_LENGTHS = 64;

eachBackend('RelativePositionRows', () => {
  test('gives the rows for distances down from S − 1 and up from −(S − 1), as int32', () => {
    const { descending, ascending } = new RelativePositionRows(OPTIONS).forLength(3);
    expect(descending).toBeCloseToTensor([5, 4, 3, 2, 1, 0], 0);
    expect(ascending).toBeCloseToTensor([1, 2, 3, 4, 5, 5], 0);
    expect([descending.dtype, ascending.dtype]).toEqual(['int32', 'int32']);
  });

  test('computes a length once, and outlives the tidy it was asked in', () => {
    const rows = new RelativePositionRows(OPTIONS);
    tf.tidy(() => {
      rows.forLength(4);
    });
    const kept = rows.forLength(4);
    expect(kept.descending.isDisposed).toBe(false);
    expect(rows.forLength(4)).toBe(kept);
    rows.dispose();
  });

  test('keeps 64 lengths and then forgets the oldest', () => {
    const before = tf.memory().numTensors;
    const rows = new RelativePositionRows(OPTIONS);
    const oldest = rows.forLength(1);
    for (let length = 2; length <= KEPT_LENGTHS + 10; length++) rows.forLength(length);
    expect(tf.memory().numTensors).toBe(before + 2 * KEPT_LENGTHS);
    expect(oldest.descending.isDisposed).toBe(true);
    expect(rows.forLength(1).descending).toBeCloseToTensor([3, 2], 0);
    rows.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('dispose releases everything and leaves it usable', () => {
    const before = tf.memory().numTensors;
    const rows = new RelativePositionRows(OPTIONS);
    rows.forLength(2);
    rows.dispose();
    rows.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(rows.forLength(2).ascending.shape).toEqual([4]);
    rows.dispose();
  });
});
