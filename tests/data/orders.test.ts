import { deriveSeed } from '../../src/data/derive_seed';
import { lengthBucketedBatches } from '../../src/data/length_bucketed_batches';
import { shuffleBuffer } from '../../src/data/shuffle_buffer';
import { shuffled } from '../../src/data/shuffled';
import fc from '../harness/fast_check';
import { collect, counted, featuresOf, range } from './support';

const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

describe('deriveSeed', () => {
  test('is a fixed function, since checkpoints depend on it', () => {
    expect([deriveSeed(0), deriveSeed(7, 1, 2), deriveSeed(7, 2, 1), deriveSeed(2 ** 32 - 1, 0)]).toEqual([
      1144304738, 1996191913, 3479656899, 618939539,
    ]);
  });

  test('gives no two batches of a run one seed', () => {
    const seeds = new Set<number>();
    for (const seed of range(5)) {
      for (const epoch of range(10)) {
        seeds.add(deriveSeed(seed, epoch));
        for (const number of range(200)) seeds.add(deriveSeed(seed, epoch, number));
      }
    }
    // Of 32 bits, 10,000 draws repeat one with a probability of a hundredth.
    expect(seeds.size).toBe(5 * 10 * 201);
  });

  test('spreads evenly, so that neighbouring epochs have nothing in common', () => {
    const seeds = range(4000).map((epoch) => deriveSeed(3, epoch));
    const bits = range(32).map((bit) => seeds.filter((seed) => (seed >>> bit) & 1).length / seeds.length);
    for (const share of bits) expect(Math.abs(share - 0.5)).toBeLessThan(0.04);
  });
});

describe('shuffled', () => {
  test('keeps each item, and follows from the seed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
        const order = shuffled(items, seed);
        expect(ascending(order)).toEqual(ascending(items));
        expect(shuffled(items, seed)).toEqual(order);
      }),
    );
    expect(shuffled(range(50), 1)).not.toEqual(shuffled(range(50), 2));
  });

  test('gives each order as often', () => {
    const counts = new Map<string, number>();
    for (const seed of range(6000)) {
      const order = shuffled('abc', seed).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Five standard deviations: 1000 ± 5 × √(6000 × 1/6 × 5/6).
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(145);
  });
});

describe('shuffleBuffer', () => {
  test('keeps each row, follows from the seed, and holds no more than it may', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 50 }), fc.nat(), async (count, size, seed) => {
        const { read, source } = counted(range(count));
        const order: number[] = [];
        for await (const row of shuffleBuffer(source, { size, seed })) {
          order.push(row);
          expect(read.count - order.length).toBeLessThanOrEqual(size);
        }
        expect(ascending(order)).toEqual(range(count));
        expect(await collect(shuffleBuffer(source, { size, seed }))).toEqual(order);
      }),
    );
  });

  test('mixes: a large buffer further than a small one', async () => {
    const distance = async (size: number) => {
      const order = await collect(shuffleBuffer(range(1000), { size, seed: 5 }));
      return order.reduce((sum, row, index) => sum + Math.abs(row - index), 0) / 1000;
    };
    expect(await distance(1)).toBe(0);
    expect(await distance(50)).toBeGreaterThan(20);
    // A third of the whole, as of any two random places.
    expect(await distance(1000)).toBeGreaterThan(300);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses a size of %d', async (size) => {
    await expect(() => collect(shuffleBuffer([1], { size, seed: 0 }))).toThrowDebertaError(
      'input',
      /Option size must be/,
    );
  });
});

describe('lengthBucketedBatches', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 });
  const options = fc.record({
    batchSize: fc.integer({ min: 1, max: 9 }),
    buckets: fc.constantFrom([], [8], [8, 16, 32]),
    maxTokens: fc.constantFrom(40, 100, 10_000),
    seed: fc.nat(),
    epoch: fc.nat(5),
    shuffle: fc.boolean(),
  });

  test('has each feature once, in batches that are not too large, as seed and epoch say', () => {
    fc.assert(
      fc.property(lengths, options, (given, settings) => {
        const features = featuresOf(given);
        const batches = lengthBucketedBatches(features, settings);
        expect(ascending(batches.flat().map(({ number }) => number))).toEqual(range(given.length));
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(settings.batchSize);
          const longest = Math.max(...batch.map(({ input_ids }) => input_ids.length));
          if (batch.length > 1) expect(longest * batch.length).toBeLessThanOrEqual(settings.maxTokens);
        }
        expect(lengthBucketedBatches(features, settings)).toEqual(batches);
      }),
    );
  });

  test('without a limit of tokens all batches are full but one, which can be dropped', () => {
    fc.assert(
      fc.property(lengths, options, (given, { maxTokens: _, ...settings }) => {
        const features = featuresOf(given);
        const sizes = lengthBucketedBatches(features, settings).map((batch) => batch.length);
        const whole = Math.floor(given.length / settings.batchSize);
        expect(sizes).toHaveLength(Math.ceil(given.length / settings.batchSize));
        expect(sizes.filter((size) => size === settings.batchSize)).toHaveLength(whole);
        expect(lengthBucketedBatches(features, { ...settings, dropRemainder: true })).toHaveLength(whole);
      }),
    );
  });

  const mixed = featuresOf(range(640).map((number) => 1 + ((number * 37) % 250)));
  const padding = (batches: readonly (typeof mixed)[]) =>
    batches.reduce((sum, batch) => {
      const sizes = batch.map(({ input_ids }) => input_ids.length);
      return sum + batch.length * Math.max(...sizes) - sizes.reduce((a, b) => a + b, 0);
    }, 0);

  test('pads less than batches of any lengths', () => {
    const bucketed = padding(lengthBucketedBatches(mixed, { batchSize: 16 }));
    const any = padding(lengthBucketedBatches(mixed, { batchSize: 16, buckets: [] }));
    expect(bucketed).toBeLessThan(any / 2);
  });

  test('another epoch and another seed have other batches, in another order than of length', () => {
    const order = (seed: number, epoch: number) =>
      lengthBucketedBatches(mixed, { batchSize: 16, seed, epoch }).map((batch) => batch[0]!.input_ids.length);
    expect(order(0, 0)).not.toEqual(order(0, 1));
    expect(order(0, 0)).not.toEqual(order(1, 0));
    expect(order(0, 0)).not.toEqual(ascending(order(0, 0)));
  });

  test('takes batches as large as there are features', () => {
    const many = featuresOf(new Array<number>(130_000).fill(1));
    expect(lengthBucketedBatches(many, { batchSize: 1_000_000 })).toHaveLength(1);
  });

  test.each([
    [{ batchSize: 0 }, /Option batchSize must be an integer of at least 1, received 0/],
    [{ batchSize: 2.5 }, /batchSize/],
    [{ batchSize: 2, maxTokens: 0 }, /maxTokens/],
    [{ batchSize: 2, buckets: [32, 16] }, /buckets must be lengths above 0 in rising order, received 32, 16/],
    [{ batchSize: 2, buckets: [0, 16] }, /buckets/],
    [{ batchSize: 2, buckets: [Number.NaN] }, /buckets/],
  ])('refuses %j', (settings, message) => {
    expect(() => lengthBucketedBatches(mixed, settings)).toThrowDebertaError('input', message);
  });
});
