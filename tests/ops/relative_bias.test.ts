import * as tf from '@tensorflow/tfjs';
import { contentToPosition, positionToContent } from '../../src/ops/relative_bias';
import {
  ascendingRelativeRows,
  descendingRelativeRows,
  type RelativePositionOptions,
  relativeRow,
} from '../../src/ops/relative_positions';
import { eachBackend, expectGradientsToMatchFiniteDifferences, randomTensor } from '../harness';

const HEADS = 2;
const BATCH = 3;
const HEAD_SIZE = 4;

/** `[h][B][S][d]`. */
type Content = number[][][][];
/** The projected relative table, `[h][2 · span][d]`. */
type Table = number[][][];

const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** `[h][B][q][k]` from a score for each head, batch row, query and key. */
function scores(length: number, score: (head: number, batch: number, q: number, k: number) => number): Content {
  const range = (size: number) => [...Array(size).keys()];
  return range(HEADS).map((head) =>
    range(BATCH).map((batch) => range(length).map((q) => range(length).map((k) => score(head, batch, q, k)))),
  );
}

/** The table's rows in the order the op wants them, as columns: `[h, d, 2S]`. */
const inOrder = (table: Table, rows: Int32Array) =>
  tf.transpose(tf.tensor3d(table.map((head) => [...rows].map((row) => head[row]!))), [0, 2, 1]);

interface Case {
  name: string;
  length: number;
  options: RelativePositionOptions;
}

const withoutBuckets = { span: 5, positionBuckets: -1, maxRelativePositions: 5 };
const withBuckets = { span: 4, positionBuckets: 4, maxRelativePositions: 16 };

const cases: Case[] = [
  { name: 'one position', length: 1, options: withoutBuckets },
  { name: 'two positions', length: 2, options: withoutBuckets },
  { name: 'a length below the span', length: 4, options: withoutBuckets },
  { name: 'the length of the span', length: 5, options: withoutBuckets },
  { name: 'a length above the span, where distances are clamped', length: 9, options: withoutBuckets },
  { name: 'one position, with buckets', length: 1, options: withBuckets },
  { name: 'a length below the span, with buckets', length: 3, options: withBuckets },
  { name: 'a length above the span, with buckets', length: 11, options: withBuckets },
  { name: 'a length above the farthest distance, with buckets', length: 19, options: withBuckets },
  { name: 'a length of one block', length: 64, options: withBuckets },
  { name: 'a length of two blocks and a row', length: 129, options: withBuckets },
];

eachBackend('relative bias', () => {
  test.each(cases)('content to position is the gather form for $name', ({ length, options }) => {
    const query = randomTensor([HEADS, BATCH, length, HEAD_SIZE], 1);
    const table = randomTensor([HEADS, 2 * options.span, HEAD_SIZE], 2).arraySync() as Table;
    const q = query.arraySync() as Content;
    const expected = scores(length, (head, batch, i, j) =>
      dot(q[head]![batch]![i]!, table[head]![relativeRow(i - j, options)]!),
    );
    const rows = inOrder(table, descendingRelativeRows(length, options));
    expect(contentToPosition(query as tf.Tensor4D, rows)).toBeCloseToTensor(expected);
  });

  test.each(cases)('position to content is the gather form for $name', ({ length, options }) => {
    const key = randomTensor([HEADS, BATCH, length, HEAD_SIZE], 3);
    const table = randomTensor([HEADS, 2 * options.span, HEAD_SIZE], 4).arraySync() as Table;
    const k = key.arraySync() as Content;
    const expected = scores(length, (head, batch, i, j) =>
      dot(k[head]![batch]![j]!, table[head]![relativeRow(i - j, options)]!),
    );
    const rows = inOrder(table, ascendingRelativeRows(length, options));
    expect(positionToContent(key as tf.Tensor4D, rows)).toBeCloseToTensor(expected);
  });

  const ops = [
    ['content to position', contentToPosition],
    ['position to content', positionToContent],
  ] as const;

  describe.each(ops)('%s', (_name, op) => {
    const run = (content: tf.Tensor, positions: tf.Tensor) => op(content as tf.Tensor4D, positions as tf.Tensor3D);

    test.each([1, 2, 5])('gradients agree with finite differences for length %i', (length) => {
      expectGradientsToMatchFiniteDifferences(
        (content, positions) => run(content!, positions!),
        [
          [2, 2, length, 3],
          [2, 3, 2 * length],
        ],
      );
    });

    test('gradients of several blocks turn the op around', () => {
      const shapes = [
        [2, 2, 130, 3],
        [2, 3, 260],
      ] as const;
      const [content, positions] = shapes.map((shape, index) => randomTensor([...shape], index + 1));
      const [otherContent, otherPositions] = shapes.map((shape, index) => randomTensor([...shape], index + 3));
      const dy = randomTensor([2, 2, 130, 130], 5);
      const [dContent, dPositions] = tf.grads(run)([content!, positions!], dy);
      // Linear in either: what the gradient says of any change is what the change does.
      const along = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.mul(a, b));
      expect(along(dContent!, otherContent!).mul(content!.size / dy.size)).toBeCloseToTensor(
        along(dy, run(otherContent!, positions!)),
      );
      expect(along(dPositions!, otherPositions!).mul(positions!.size / dy.size)).toBeCloseToTensor(
        along(dy, run(content!, otherPositions!)),
      );
    });

    test('the extra row has no influence and receives no gradient', () => {
      const inputs = [tf.ones([1, 1, 2, 1]), tf.tensor3d([[[1, 2, 3, 1e6]]])];
      expect(tf.max(run(inputs[0]!, inputs[1]!))).toBeCloseToTensor(3);
      expect(tf.grads(run)(inputs)[1]).toBeCloseToTensor([[[1, 2, 1, 0]]]);
    });

    test('leaks nothing', () => {
      const inputs = [tf.ones([2, 2, 3, 4]), tf.ones([2, 4, 6])];
      expect(() => run(inputs[0]!, inputs[1]!)).toCreateTensors(1);
      expect(() => tf.grads(run)(inputs)).toCreateTensors(2);
    });
  });
});
