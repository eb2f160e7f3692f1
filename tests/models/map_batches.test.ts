import * as tf from '@tensorflow/tfjs';
import { type BatchSource, mapBatches } from '../../src/models/map_batches';

beforeAll(() => tf.setBackend('cpu'));

/** A source that ends as tf.data does: by `done` alone, or with `done` beside the last batch. */
function sourceOf<Batch>(batches: Batch[], lastIsDone = false): BatchSource<Batch> {
  return {
    size: batches.length,
    async iterator() {
      let index = 0;
      return {
        async next() {
          const value = batches[index++];
          const done = lastIsDone ? index >= batches.length : index > batches.length;
          return { value, done } as IteratorResult<Batch>;
        },
      };
    },
  };
}

async function collect<Batch>(source: BatchSource<Batch>): Promise<Batch[]> {
  const iterator = await source.iterator();
  const batches: Batch[] = [];
  for (;;) {
    const { value, done } = await iterator.next();
    if (value != null) batches.push(value);
    if (done) return batches;
  }
}

describe('mapBatches', () => {
  test.each([
    ['alone', false],
    ['beside the last batch', true],
  ])('changes every batch where the end comes %s', async (_name, lastIsDone) => {
    const mapped = mapBatches(sourceOf([1, 2, 3], lastIsDone), (batch) => batch * 10);
    expect(await collect(mapped)).toEqual([10, 20, 30]);
    expect(mapped.size).toBe(3);
  });

  test('starts over with every iterator', async () => {
    const mapped = mapBatches(sourceOf(['a', 'b']), (batch) => batch.toUpperCase());
    expect(await collect(mapped)).toEqual(await collect(mapped));
  });

  test('an empty source has no batches', async () => {
    expect(await collect(mapBatches(sourceOf<number>([]), (batch) => batch))).toEqual([]);
  });

  test('works on tf.data', async () => {
    const mapped = mapBatches(tf.data.array([1, 2]), (batch) => Number(batch) + 1);
    expect(await collect(mapped)).toEqual([2, 3]);
  });

  test('disposes what the changed batch does not hold, however deep, and keeps the rest', async () => {
    const before = tf.memory().numTensors;
    const batch = {
      xs: { ids: tf.scalar(1), extra: tf.scalar(2) },
      ys: [tf.scalar(3)],
      names: ['a'],
      bytes: new Uint8Array(2),
    };
    const [changed] = await collect(
      mapBatches(sourceOf([batch]), ({ xs }) => ({ kept: xs.ids, made: tf.neg(xs.ids) })),
    );
    expect([batch.xs.ids, batch.xs.extra, batch.ys[0]!].map(({ isDisposed }) => isDisposed)).toEqual([
      false,
      true,
      true,
    ]);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([changed!.kept, changed!.made]);
  });

  test('disposes all of a batch that cannot be changed', async () => {
    const batch = { xs: tf.scalar(1), ys: [tf.scalar(2)] };
    const mapped = mapBatches(sourceOf([batch]), () => {
      throw new Error('no such batch');
    });
    await expect(collect(mapped)).rejects.toThrow('no such batch');
    expect([batch.xs.isDisposed, batch.ys[0]!.isDisposed]).toEqual([true, true]);
  });
});
