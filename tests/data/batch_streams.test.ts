import type { Batch } from '../../src/data/batch';
import type { BatchStream } from '../../src/data/batch_stream';
import type { Collator } from '../../src/data/collator';
import { type BatchOptions, featureBatches } from '../../src/data/feature_batches';
import { streamedBatches } from '../../src/data/streamed_batches';
import fc from '../harness/fast_check';
import { collate, collect, counted, featuresOf, type NumberedFeature, numbersOf, range } from './support';

type MakeStream = (
  lengths: readonly number[],
  options: BatchOptions,
  collator?: Collator<NumberedFeature>,
) => BatchStream;

async function* asFeatures(features: AsyncIterable<NumberedFeature>) {
  yield* features;
}

const streams: [name: string, make: MakeStream][] = [
  ['featureBatches', (lengths, options, collator = collate) => featureBatches(featuresOf(lengths), collator, options)],
  [
    'streamedBatches',
    (lengths, options, collator = collate) =>
      streamedBatches(counted(featuresOf(lengths)).source, asFeatures, collator, { ...options, bufferSize: 7 }),
  ],
];

const order = (batches: readonly Batch[]) => batches.map(numbersOf);

describe.each(streams)('%s', (_name, make) => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 });
  const options = fc.record({
    batchSize: fc.integer({ min: 1, max: 6 }),
    shuffle: fc.boolean(),
    seed: fc.nat(),
    bucketByLength: fc.constantFrom<(boolean | number[])[]>(false, true, [10, 20]),
  });

  test('has each feature once an epoch, and makes the same batches again', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, options, fc.nat(3), async (given, settings, epoch) => {
        const batches = await collect(make(given, settings).batches(epoch));
        expect(
          order(batches)
            .flat()
            .sort((a, b) => a - b),
        ).toEqual(range(given.length));
        expect(await collect(make(given, settings).batches(epoch))).toEqual(batches);
        const { batchesPerEpoch = batches.length } = make(given, settings);
        expect(batches).toHaveLength(batchesPerEpoch);
      }),
    );
  });

  test('goes on behind any batch exactly, and makes none of those before', async () => {
    await fc.assert(
      fc.asyncProperty(lengths, options, fc.nat(12), async (given, settings, skip) => {
        const all = await collect(make(given, settings).batches(2));
        const collator = jest.fn(collate);
        expect(await collect(make(given, settings, collator).batches(2, skip))).toEqual(all.slice(skip));
        expect(collator).toHaveBeenCalledTimes(Math.max(0, all.length - skip));
      }),
    );
  });

  const many = new Array<number>(60).fill(5);
  const epochOf = async (settings: BatchOptions, epoch: number) =>
    order(await collect(make(many, { batchSize: 4, ...settings }).batches(epoch)));

  test('has another order in another epoch and with another seed, or always that of the data', async () => {
    expect(await epochOf({ seed: 1 }, 0)).not.toEqual(await epochOf({ seed: 1 }, 1));
    expect(await epochOf({ seed: 1 }, 0)).not.toEqual(await epochOf({ seed: 2 }, 0));
    expect((await epochOf({ shuffle: false }, 0)).flat()).toEqual(range(60));
    expect(await epochOf({ shuffle: false }, 3)).toEqual(await epochOf({ shuffle: false }, 0));
  });

  test('gives each batch of a run a seed of its own', async () => {
    const stream = make(many, { batchSize: 4, shuffle: false });
    const seeds = [...(await collect(stream.batches(0))), ...(await collect(stream.batches(1)))].map(
      ({ ys }) => ys.seed!.values[0],
    );
    expect(new Set(seeds).size).toBe(30);
  });

  test('drops the remainder when asked to', async () => {
    const sizes = async (dropRemainder: boolean) =>
      (await collect(make(new Array<number>(10).fill(3), { batchSize: 4, dropRemainder }).batches(0)))
        .map(({ size }) => size)
        .sort();
    expect(await sizes(false)).toEqual([2, 4, 4]);
    expect(await sizes(true)).toEqual([4, 4]);
  });

  test('keeps to a limit of tokens', async () => {
    const settings = { batchSize: 8, maxTokens: 60, bucketByLength: true };
    for (const { xs } of await collect(make([...many, 70], settings).batches(0))) {
      const [size, length] = xs.input_ids!.shape as [number, number];
      expect(size * length <= 60 || size === 1).toBe(true);
    }
  });

  test.each([
    [{ batchSize: 0 }, /batchSize must be an integer/],
    [{ maxTokens: -1 }, /maxTokens must be/],
    [{ bucketByLength: [4, 2] }, /buckets must be/],
  ])('refuses %j at once', (settings, message) => {
    expect(() => make(many, settings)).toThrowDebertaError('input', message);
  });

  test.each([
    ['no features', [], {}],
    ['too few for a full batch', [3, 3], { batchSize: 4, dropRemainder: true }],
  ])('refuses %s', async (_case, given, settings) => {
    await expect(async () => collect(make(given, settings).batches(0))).toThrowDebertaError(
      'input',
      /must have .*dropRemainder: false/,
    );
  });
});

describe('featureBatches', () => {
  test.each([
    [{}, 3],
    [{ bucketByLength: true }, 3],
    [{ dropRemainder: true }, 2],
    [{ maxTokens: 10, shuffle: false }, 5],
    [{ maxTokens: 10 }, undefined],
  ])('knows the batches of an epoch with %j: %p', (options, count) => {
    const lengths = new Array<number>(10).fill(5);
    expect(featureBatches(featuresOf(lengths), collate, { batchSize: 4, ...options }).batchesPerEpoch).toBe(count);
  });
});

describe('streamedBatches', () => {
  test('reads the source once an epoch, no further than it must, and closes it', async () => {
    const { read, source } = counted(featuresOf(new Array<number>(100).fill(5)));
    const stream = streamedBatches(source, asFeatures, collate, { batchSize: 4, bufferSize: 10 });
    for await (const batch of stream.batches(0)) {
      expect(batch.size).toBe(4);
      break;
    }
    expect(read).toEqual({ count: 10 + 4, passes: 1, open: 0 });
    await collect(stream.batches(1));
    expect(read).toEqual({ count: 114, passes: 2, open: 0 });
  });

  test('takes several features of an example, and none', async () => {
    const { source } = counted([0, 1, 2, 3]);
    async function* windows(numbers: AsyncIterable<number>) {
      for await (const number of numbers) yield* featuresOf(new Array<number>(number).fill(2));
    }
    const stream = streamedBatches(source, windows, collate, { batchSize: 4, shuffle: false });
    expect(order(await collect(stream.batches(0)))).toEqual([
      [0, 0, 1, 0],
      [1, 2],
    ]);
  });

  test('passes on what goes wrong in the source', async () => {
    async function* broken(): AsyncGenerator<NumberedFeature> {
      yield* featuresOf([1, 1]);
      throw new Error('the disk is gone');
    }
    const source = { [Symbol.asyncIterator]: broken };
    const stream = streamedBatches(source, asFeatures, collate, { batchSize: 1, shuffle: false });
    await expect(collect(stream.batches(0))).rejects.toThrow('the disk is gone');
  });
});
