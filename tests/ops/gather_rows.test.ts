import * as tf from '@tensorflow/tfjs';
import { gatherRows } from '../../src/ops/gather_rows';
import { eachBackend, randomTensor } from '../harness';

eachBackend('gatherRows', () => {
  const table = () =>
    tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  const indices = (...values: number[]) => tf.tensor1d(values, 'int32');

  test('gives the rows in the order asked for, some more than once', () => {
    expect(gatherRows(table(), indices(2, 0, 2))).toBeCloseToTensor(
      [
        [5, 6],
        [1, 2],
        [5, 6],
      ],
      0,
    );
  });

  test('gives no row for no index', () => {
    expect(gatherRows(table(), indices()).shape).toEqual([0, 2]);
  });

  test('takes a table of integers', () => {
    const rows = gatherRows(tf.cast(table(), 'int32'), indices(1));
    expect(rows.dtype).toBe('int32');
    expect([...rows.dataSync()]).toEqual([3, 4]);
  });

  test('is what tf.gather gives', () => {
    const large = randomTensor<tf.Rank.R2>([50, 7]);
    const many = indices(...Array.from({ length: 64 }, (_, i) => (i * 17) % 50));
    expect(gatherRows(large, many)).toBeCloseToTensor(tf.gather(large, many), 0);
  });

  test('leaves nothing behind', () => {
    const [rows, order] = [table(), indices(1, 0)];
    expect(() => gatherRows(rows, order)).toCreateTensors(1);
  });
});
